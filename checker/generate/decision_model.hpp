// SPDX-License-Identifier: Apache-2.0
// Which goals about decisions a call shows.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
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

// What a sequence shows, up to the first call of which the law is silent.
struct SeenGoals {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> branches;  // rule and branch of each call
  std::vector<std::size_t> decisions;                             // ascending, each once
};

// `known`, if not empty, is parallel to the goals: of those it is not asked.
SeenGoals goals_seen(const Model& model, DecisionModel& shows, const Sequence& sequence,
                     const std::vector<bool>& known = {});

}  // namespace iolaw
