// SPDX-License-Identifier: Apache-2.0
// The oracle: drives a port with the model's calls and says whether each answer is one that the law allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/eval/model.hpp"
#include "model/port/ahead.hpp"
#include "model/port/port.hpp"

namespace iolaw {

class Session {
 public:
  // Keeps references. Resets the port.
  Session(const Model& model, Port& port);

  enum class Verdict : std::uint8_t {
    agrees,
    differs,      // the port answered what the law does not allow
    unspecified,  // the law is silent about this call: it was not made
    unsupported,  // the port cannot make this call; nothing changed on either side
    broken,       // the implementation died or hung: the session is over, until reset()
  };

  // What a step found. `allowed` and `reasons` are filled for a difference alone.
  struct Finding {
    Verdict verdict = Verdict::agrees;
    Call call;
    std::uint32_t branch = kSuccess;  // what the law took; of a difference: the first allowed
    Outcome observed;                 // in the model's terms; a handle that names no live object is kNone
    std::vector<Allowed> allowed;
    std::vector<Reason> reasons;
    std::string note;  // of the port, or what is wrong with a handle
  };

  // Both sides back to the initial state.
  void reset();

  // From the next reset() on: whether calls are told ahead, where the law says what will be answered. Then a step
  // `agrees` before the port made it; Ahead says where it did not, and step() throws Ahead::Overtaken. Returns whether
  // it is so: the port need not offer it.
  bool go_ahead(bool wanted);
  // The calls since the last reset() that were told, with the answers of those that were not foretold.
  struct Told {
    Call call;
    std::optional<PortAnswer> answer;
  };
  const std::vector<Told>& told() const { return told_; }
  Ahead* ahead() { return ahead_; }

  // Makes one call on both sides. After a difference the two states no longer agree: reset() before going on.
  Verdict step(const Call& call);

  // What Model::step() makes of a call in the state of the session.
  struct Expected {
    std::uint32_t branch = kSuccess;
    Outcome outcome;
    State next;
  };
  // The same for a call of which that is known: it is used up.
  Verdict step(const Call& call, Expected& expected);

  // Of the last step or probe.
  const Finding& finding() const { return finding_; }

  // Asks every probe of the law about the objects that live and addresses of interest; stops at the first that does not
  // agree. `asked` counts the calls, if given. Probes that the law leaves open or the port cannot make are passed over.
  Verdict probe(std::uint64_t* asked = nullptr);

  const Model& model() const { return model_; }
  const State& state() const { return state_; }
  const State& before() const { return before_; }  // of the last step

 private:
  std::uint64_t handle_of(std::uint32_t kind, Word object) const;
  bool owned_by_live(std::uint64_t handle) const;
  bool translate(const Rule& rule, const Call& call);
  bool matches(const Rule& rule, const PortAnswer& answer, const Outcome& outcome, const State& next);
  void bind(const Rule& rule, const PortAnswer& answer, const Outcome& outcome);
  Outcome in_model_terms(const Rule& rule, const PortAnswer& answer) const;
  void forget_old_handles();
  void begin(const Call& call);
  Verdict make(const Call& call, std::uint32_t branch, bool translated, bool open);
  Verdict step_with_choice(const Call& call, const PortAnswer& answer, bool open);
  bool same_numbers(const Rule& rule, const PortAnswer& answer) const;
  bool chose_nothing(const Rule& rule, const Outcome& observed) const;
  Verdict differ(const Call& call, const PortAnswer& answer);
  Verdict made(Verdict verdict);
  std::optional<PortAnswer> tell(const Call& call, std::uint32_t branch);
  void foretell(const Rule& rule);
  void add_ended();
  void bind_foretold(const Rule& rule);

  const Model& model_;
  Port& port_;
  std::vector<bool> chooses_;  // per rule: it has a `choose` or a `may fail`
  std::vector<bool> picks_;    // per rule: it has a `choose`
  State initial_;
  State state_;
  State before_;                                     // scratch: the state before the step
  std::vector<std::vector<std::uint64_t>> handles_;  // per kind and index: of the object that has or last had it
  std::vector<std::uint64_t> arguments_;             // scratch
  Outcome outcome_;                                  // scratch
  Finding finding_;
  // Of calls that are told ahead: handles_ has names of the session's own then.
  Ahead* ahead_ = nullptr;
  std::vector<Told> told_;
  ToldCall message_;
  std::uint64_t next_name_ = 0;
  std::vector<std::uint32_t> ended_;  // names that the port was not told to have ended
};

std::string to_string(Session::Verdict verdict);

// The whole finding for people: the call, what was observed, what is allowed, and why.
std::string to_text(const Law& law, const Session::Finding& finding);

// The calls that Session::probe makes in a state.
std::vector<Call> probe_calls(const Law& law, const State& state);

}  // namespace iolaw
