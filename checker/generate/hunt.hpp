// SPDX-License-Identifier: Apache-2.0
// Sequences of calls that tell a law from its mutants.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/explore.hpp"
#include "checker/generate/mutate.hpp"
#include "checker/generate/simplicity.hpp"

namespace iolaw {

// One mutant with its model.
class MutantModel {
 public:
  explicit MutantModel(Mutant mutant) : mutant_(std::move(mutant)), model_(mutant_.law) {}

  const Mutant& mutant() const { return mutant_; }
  const Model& model() const { return model_; }
  bool concerns(std::uint32_t rule) const;

  enum class Answer { same, differs, unknown };
  // Makes the call on the mutant: whether it answers what the law does. A mutant that cannot answer (it reads what does
  // not exist) differs, unless it only reads its conditions in another order. Unknown: it says nothing of this call.
  Answer step(State& state, const Call& call, const Outcome& expected) const;

 private:
  Mutant mutant_;
  Model model_;
};

// The index of the first step that the mutant answers otherwise than the law; nullopt if there is none, or if the law
// is silent about some step.
std::optional<std::size_t> distinguishes(const Model& model, const MutantModel& mutant, const Sequence& sequence);

// For a mutant that survives all `cases` so far: a sequence, minimized, whose last step tells it from the law.
struct Kill {
  std::size_t mutant = 0;
  Sequence sequence;
};

class Hunt {
 public:
  Hunt(const Model& model, const Simplicity& simplicity, std::uint64_t seed);

  std::size_t size() const { return mutants_.size(); }
  std::size_t alive() const;
  const MutantModel& mutant(std::size_t index) const { return *mutants_[index]; }
  bool is_alive(std::size_t index) const { return alive_[index]; }

  // Strikes off the mutants that the sequence kills.
  void strike(const Sequence& sequence);

  // Called for each kill; must make a case of it and strike() its sequence.
  using Take = std::function<void(const Kill&)>;

  // Goes through the pool, shortest histories first, with random calls of the rules that surviving mutants change;
  // where a mutant leaves another state without saying so, with probes and one more call.
  void run(const std::vector<Reached>& pool, std::uint32_t draws, std::uint64_t minimize_calls, Budget& budget,
           const Take& take);

  // For each surviving mutant, `draws` small changes of sequences that concern it.
  void vary(const std::vector<Sequence>& sequences, std::uint32_t draws, std::uint64_t minimize_calls, Budget& budget,
            const Take& take);

 private:
  // What a call of the pool's state `from` tells about the mutants that it concerns.
  void judge(const Reached& from, const SequenceStep& step, const Call& call, const Played& played, const World& after);
  // A sequence that was seen to tell mutant `index` becomes a kill, unless it does not do so from the start.
  void kill(std::size_t index, Sequence found);
  // A sequence that begins with `history` and tells, if the two worlds are found to differ within one more call.
  std::optional<Sequence> follow_up(const MutantModel& mutant, const World& world, const State& other,
                                    const Sequence& history);

  const Model& model_;
  const Simplicity& simplicity_;
  std::uint64_t minimize_calls_ = 0;
  Budget* budget_ = nullptr;
  const Take* take_ = nullptr;
  Sampler sampler_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<MutantModel>> mutants_;
  std::vector<bool> alive_;
  std::vector<std::uint32_t> follow_ups_;  // per mutant: how often a silent difference was followed
};

}  // namespace iolaw
