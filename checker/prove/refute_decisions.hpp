// SPDX-License-Identifier: Apache-2.0
// Which goals about decisions no call can show: in no state that meets the invariants of the law.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checker/generate/goal_table.hpp"
#include "checker/prove/cache.hpp"
#include "checker/smt/solver.hpp"

namespace iolaw {

// What takes longer is seldom proved at all.
inline constexpr smt::Budget kDecisionBudget{.resources = 400'000, .milliseconds = 60'000};

struct RefuteOptions {
  unsigned threads = 1;
  smt::Budget budget{};
};

// Parallel to the goals. Rests on the invariants, which `iolaw prove` proves. Questions that were answered before are
// not asked again.
std::vector<Reachability> refute_decisions(const Law& law, const std::vector<DecisionGoal>& goals, Cache& cache,
                                           const RefuteOptions& options);

}  // namespace iolaw
