// SPDX-License-Identifier: Apache-2.0
// Which goals about decisions a call shows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

// The law with a rule for each goal, which fails where its formula holds and else does nothing. It takes the parameters
// of the goal's rule.
Law law_of_decisions(const Law& law, const std::vector<DecisionGoal>& goals);

// One thread at a time.
class DecisionModel {
 public:
  // Keeps references.
  DecisionModel(const Law& law, const std::vector<DecisionGoal>& goals);

  // Whether a call that ends by `branch` may show the goal at all.
  bool fits(std::size_t goal, std::uint32_t branch) const;
  // Whether a call in the state `before`, which fits, shows it. Leaves the state as it is.
  bool shows(std::size_t goal, State& before, const Call& call);
  // None if the formula has no value there: it reads what does not exist.
  std::optional<bool> holds(std::size_t goal, State& before, const Call& call);

  const std::vector<std::size_t>& of_rule(std::uint32_t rule) const { return of_rule_[rule]; }

 private:
  std::uint32_t position(std::uint32_t rule, std::uint32_t branch) const;

  const Law& law_;
  const std::vector<DecisionGoal>& goals_;
  std::vector<std::vector<std::size_t>> of_rule_;
  std::vector<std::vector<std::uint32_t>> positions_;  // per rule and branch: in the order of the table
  Law asked_;
  Model model_;
  Call call_;
};

// Plays a sequence, up to the first call of which the law is silent, and asks of each call which goals it shows.
// `on_played(call, branch)` hears of each call first; `asks(step, goal)` says whether that goal is asked about, and
// `on_shown(step, goal)` hears of those that are shown.
template <typename OnPlayed, typename Asks, typename OnShown>
void visit_shown(const Model& model, DecisionModel& shows, const Sequence& sequence, OnPlayed on_played, Asks asks,
                 OnShown on_shown) {
  World world(model.law());
  for (std::size_t step = 0; step < sequence.size(); ++step) {
    const Call call = world.names().resolve(sequence[step]);
    State before = world.state();
    const auto played = world.play(model, call);
    if (!played) return;
    on_played(call, played->branch);
    for (const std::size_t goal : shows.of_rule(call.rule)) {
      if (!asks(step, goal) || !shows.fits(goal, played->branch)) continue;
      if (shows.shows(goal, before, call)) on_shown(step, goal);
    }
  }
}

// The goals that some call of a sequence shows, ascending.
std::vector<std::size_t> decisions_shown(const Model& model, DecisionModel& shows, const Sequence& sequence);

}  // namespace iolaw
