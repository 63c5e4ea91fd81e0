// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <random>

#include "checker/generate/budget.hpp"
#include "checker/generate/explore.hpp"

namespace iolaw {

// Tries calls of one rule in one state: half drawn afresh, half the best of those with an argument or two changed, so
// that the conditions late in a table get their turn.
class RuleTrial {
 public:
  // Best is what gets as far as `target` in the table of the rule: beyond it all calls are equally good, since one
  // changed argument may fall back into it.
  RuleTrial(const Model& model, const Sampler& sampler, const Reached& from, std::uint32_t rule,
            std::mt19937_64& random, std::uint32_t target = kSuccess)
      : model_(model), sampler_(sampler), from_(from), rule_(rule), random_(random), target_(target) {}

  // `visit(step, call, played, after)` for each call that the law speaks of. False if the budget is used up.
  template <typename Visit>
  bool run(std::uint32_t draws, Budget& budget, Visit visit) {
    const Law& law = model_.law();
    if (law.rules[rule_].parameters.empty()) draws = 1;
    World after = from_.world;  // a copy of what is there already takes less
    for (std::uint32_t draw = 0; draw < draws; ++draw) {
      Call call = sampler_.call(from_.world.state(), rule_, random_);
      if (best_ && draw % 2 == 1) call = crossed(*best_, call, random_);
      const auto step = from_.world.names().symbolic(from_.world.state(), call);
      if (!step) continue;
      after = from_.world;
      const auto played = after.play(model_, call);
      if (!budget.spend()) return false;
      if (!played) continue;
      // A rule's table is read up to the branch that decides; a success reads all of it.
      const std::uint32_t progress = std::min(played->branch, target_);
      if (!best_ || progress >= best_progress_) {
        best_ = call;
        best_progress_ = progress;
      }
      visit(*step, call, *played, after);
    }
    return true;
  }

 private:
  const Model& model_;
  const Sampler& sampler_;
  const Reached& from_;
  std::uint32_t rule_;
  std::mt19937_64& random_;
  std::uint32_t target_;
  std::optional<Call> best_;
  std::uint32_t best_progress_ = 0;
};

}  // namespace iolaw
