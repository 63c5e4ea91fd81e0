// SPDX-License-Identifier: Apache-2.0
// Which goals about decisions no call can show: in no state that meets the invariants of the law.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/prove/cache.hpp"
#include "checker/smt/solver.hpp"

namespace iolaw {

enum class Reachability : std::uint8_t {
  open,  // nothing is known
  // Proved, of any number of objects:
  impossible,  // no call shows it
  unforced,    // each call that shows it may also be refused: no test can ask for its answer
  remote,      // no run of kShortRun calls or fewer shows it
};

inline constexpr Word kShortRun = 4096;

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
