// SPDX-License-Identifier: Apache-2.0
// Sequences of calls from the initial state that stay meaningful when steps are dropped: an argument that is an object
// names the step that made it, not an index of one particular state.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

// An argument: a number, or the object that result `result` of step `step` gave. A reference without a step is kNone:
// "no such object". One to an object that is dead by then is its old handle, as long as that is safe to use (see
// Names).
struct Argument {
  static constexpr std::int32_t kNoStep = -1;
  Word word = 0;
  std::int32_t step = kNoStep;
  std::uint32_t result = 0;
  friend bool operator==(const Argument&, const Argument&) = default;
};

struct SequenceStep {
  std::uint32_t rule = 0;
  std::vector<Argument> arguments;
  friend bool operator==(const SequenceStep&, const SequenceStep&) = default;
};

using Sequence = std::vector<SequenceStep>;

// The sequence without steps [begin, end); references to what these made become kNone.
Sequence without_steps(const Sequence& sequence, std::size_t begin, std::size_t end);

// What a step did.
struct Played {
  std::uint32_t branch = kSuccess;
  Outcome outcome;
};

// The way from the steps of a sequence to calls of the model and back: which step returned which object.
class Names {
 public:
  // How long the handle of a dead object may be used: until a later step returns another object, to which an
  // implementation may have given the same handle; or until the model uses the index again, where somebody else sees to
  // that.
  enum class Dead : std::uint8_t { until_next_object, until_index_is_used };

  explicit Names(const Law& law, Dead dead = Dead::until_next_object);

  std::size_t steps() const { return results_.size(); }

  // The call that `step` stands for now.
  Call resolve(const SequenceStep& step) const;

  // The inverse; nullopt if the call names a living object that no step returned. Dead objects keep their names as long
  // as resolve() gives them back.
  std::optional<SequenceStep> symbolic(const State& state, const Call& call) const;

  // The step and result that gave this object; nullopt if none did.
  std::optional<Argument> name(std::uint32_t kind, Word object) const;

  // Counts one more step, a call of `rule` that led to `after` with this outcome.
  void record(std::uint32_t rule, const Outcome& outcome, const State& after);

  // Forgets everything, keeps its memory.
  void clear();

 private:
  struct Maker {
    std::uint32_t step = 0;
    std::uint32_t result = 0;
    enum { unknown, alive, dead } object = unknown;
  };

  const Law* law_;
  Dead dead_;
  std::vector<std::vector<Maker>> makers_;  // per kind and object
  std::vector<std::vector<Word>>
      results_;  // per step: results that are objects; kNone for others and for the forgotten
};

// A state of the model with the names of its objects.
class World {
 public:
  explicit World(const Law& law) : state_(law), names_(law) {}

  const State& state() const { return state_; }
  const Names& names() const { return names_; }

  // Whether the implementation chose a number, and the state depends on it; `state()` is that of the smallest one.
  bool is_open() const { return choice_ != nullptr || others_ != nullptr; }

  // Makes the call; nullopt, and nothing changes, if the law leaves it unspecified, or leaves to the implementation
  // which of several objects it gives, or whether it refuses: no sequence could say what follows. A number may be
  // chosen; after that nullopt for calls whose answer it changes, as far as a few other choices tell.
  std::optional<Played> play(const Model& model, const Call& call);

 private:
  State state_;
  struct Choice {
    Choice(State state, Call made, Outcome given)
        : before(std::move(state)), call(std::move(made)), outcome(std::move(given)) {}
    State before;
    Call call;
    Outcome outcome;
    // What follows from other choices, once somebody asked; worlds that are copies of each other share it.
    mutable std::once_flag asked;
    mutable std::shared_ptr<const std::vector<State>> others;
  };
  void look_at_choices(const Model& model);
  // The call in `others_` too, which led from `before` to `state_`; false, and no change, if one answers otherwise.
  bool follow(const Model& model, const Call& call, std::uint32_t branch, const Outcome& outcome, const State& before);

  std::shared_ptr<const Choice> choice_;  // made by the last call: what else may follow was not looked at yet
  std::shared_ptr<const std::vector<State>> others_;  // that follow from other choices, each once; not empty
  Names names_;
};

// Plays the whole sequence; nullopt if some call is unspecified.
std::optional<std::vector<Played>> play(const Model& model, const Sequence& sequence, World& world);

// Whether the rule leaves a choice to the implementation that its results show.
bool has_choice(const Rule& rule);

// Whether that choice is among numbers, so that no test can name the answer of a call that succeeds.
bool chooses_number(const Rule& rule);

// Whether result `result` is such a number.
bool is_chosen_number(const Rule& rule, std::size_t result);

// Whether the rule lets an implementation refuse calls that it may also grant.
bool may_refuse(const Rule& rule);

}  // namespace iolaw
