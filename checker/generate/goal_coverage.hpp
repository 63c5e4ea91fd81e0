// SPDX-License-Identifier: Apache-2.0
// Which goals of a suite some cases show, however they were made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/generate/goal.hpp"

namespace iolaw {

struct GoalCoverage {
  std::vector<Goal> outcomes;
  std::vector<bool> reached;  // parallel
  std::vector<DecisionGoal> decisions;
  std::vector<bool> shown;  // parallel
  // Goals of which a call is shown before which something did not hold that is said to hold before every such call:
  // none, or proofs about decisions are worth nothing.
  std::vector<std::size_t> denied;
};

// Every call of every case counts. `only`: goals of the rule of this name. The answer does not depend on the number of
// threads.
GoalCoverage goal_coverage(const Law& law, const std::vector<Sequence>& cases, unsigned threads,
                           const std::string& only = "");

// Parallel to the goals: the shortest beginning of a run whose last call shows it, of the first such run.
std::vector<std::optional<Sequence>> runs_that_show(const Law& law, const std::vector<DecisionGoal>& goals,
                                                    const std::vector<Sequence>& runs, unsigned threads);

}  // namespace iolaw
