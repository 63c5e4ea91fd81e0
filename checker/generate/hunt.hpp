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
#include "checker/generate/mutant_model.hpp"
#include "checker/generate/simplicity.hpp"

namespace iolaw {

// For a mutant that survives all `cases` so far: a sequence, minimized, whose last step tells it from the law.
struct Kill {
  std::size_t mutant = 0;
  Sequence sequence;
};

class Hunt {
 public:
  Hunt(const Model& model, const Simplicity& simplicity, std::uint64_t seed, std::vector<Mutant> mutants);

  std::size_t size() const { return mutants_.size(); }
  std::size_t alive() const;
  const MutantModel& mutant(std::size_t index) const { return *mutants_[index]; }
  bool is_alive(std::size_t index) const { return alive_[index]; }

  // Strikes off the mutants that the sequence kills; returns which.
  std::vector<std::size_t> strike(const Sequence& sequence);
  void set_alive(std::size_t index, bool alive) { alive_[index] = alive; }

  // Called for each kill; must make a case of it and strike() its sequence.
  using Take = std::function<void(const Kill&)>;

  // Goes through sequences that somebody else found.
  void offer(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget, const Take& take);

  // Goes through the pool, shortest histories first, with random calls of the rules that surviving mutants change;
  // where a mutant leaves another state without saying so, with probes and one more call.
  void run(const std::vector<Reached>& pool, std::uint32_t draws, std::uint64_t minimize_calls, Budget& budget,
           const Take& take);

  // Goes through calls beside those of the sequences: one or two numbers, enums, flags or truth values changed to what
  // the rule compares them with, or to what is next to that.
  void neighbours(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget,
                  const Take& take);

  // Goes through calls after what two of the sequences set up together (see splice.cpp).
  void splice(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget, const Take& take);

  // For each surviving mutant, `draws` small changes of sequences that concern it.
  void vary(const std::vector<Sequence>& sequences, std::uint32_t draws, std::uint64_t minimize_calls, Budget& budget,
            const Take& take);

 private:
  // What a call of the pool's state `from` tells about the mutants that it concerns. `before` is that state.
  void judge(const Reached& from, State& before, const SequenceStep& step, const Call& call, const Played& played,
             const World& after);
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
  CheckTruths truths_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<MutantModel>> mutants_;
  std::vector<std::vector<std::size_t>> of_rule_;  // mutants that change calls of a rule
  std::vector<bool> alive_;
  std::vector<std::uint32_t> follow_ups_;   // per mutant: how often a silent difference was followed,
  std::vector<std::uint32_t> comparisons_;  // and how often choices were compared
};

}  // namespace iolaw
