// SPDX-License-Identifier: Apache-2.0
// Looks for histories to outcomes that were not taken yet, by the model alone: from where the rule came furthest down
// its table, with calls that have to do with it.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/differ/drawer.hpp"
#include "checker/differ/situation.hpp"
#include "checker/differ/starts.hpp"
#include "checker/differ/topics.hpp"
#include "model/eval/model.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

class Seeker {
 public:
  // Keeps a reference. Looks for each outcome that `starts` do not take and that a sequence can name.
  Seeker(const Model& model, const std::vector<Start>& starts);

  // The outcome was taken, or cannot be: it is not looked for any more. Branches of loops are looked for twice:
  // `later`, where pieces were done before.
  void strike(std::uint32_t rule, std::uint32_t branch, bool later = false);
  // A history to begin from.
  void learn(const Sequence& history);

  std::size_t left() const { return goals_.size(); }  // outcomes that are looked for
  // Calls the model `tries` times, or a few more. Starts that end in outcomes that were looked for, and are no more.
  std::vector<Start> search(std::uint64_t tries);

 private:
  struct Goal {
    std::uint32_t rule = 0;
    std::uint32_t branch = kSuccess;
    bool later = false;        // in a piece of its loop that is not the first
    std::uint64_t effort = 0;  // walks
  };
  struct Entry {
    World world;
    Sequence sequence;
  };
  // An entry for a rule: how far down its table a call came there.
  struct Candidate {
    std::size_t entry = 0;
    std::uint64_t depth = 0;
    std::uint32_t walks = 0;
    std::uint32_t branch = kSuccess;  // of the rule, of whose condition so much was met
    std::uint32_t met = 0;
  };

  void take(const Sequence& sequence);
  void keep(World world, Sequence sequence, std::uint32_t rule, const Candidate& candidate);
  void offer(std::uint32_t rule, Candidate candidate);
  std::uint64_t depth_of(std::uint32_t rule, const State& state, int tries);
  std::size_t pick_goal();
  Candidate& pick_candidate(const Goal& goal);
  void walk(std::size_t which, std::vector<Start>& found);
  // Without the steps that the last one can do without to end as it does.
  Sequence minimal(Sequence sequence, const Goal& goal) const;
  bool ends_in(const Sequence& sequence, const Goal& goal) const;
  // Whether a call ends in the goal now; `depth` tells how near one came.
  bool hits(const Goal& goal, World& world, const Sequence& sequence, std::vector<Start>& found, std::uint64_t& depth);

  const Model& model_;
  const Law& law_;
  Situation situation_;
  Drawer drawer_;
  Topics topics_;
  QuickRandom random_{1};
  std::vector<Goal> goals_;
  std::vector<Entry> entries_;
  std::vector<std::vector<Candidate>> candidates_;  // per rule: the best few, in no order
  std::vector<bool> named_;                         // per rule: a sequence can name its calls
  State after_;
};

}  // namespace iolaw
