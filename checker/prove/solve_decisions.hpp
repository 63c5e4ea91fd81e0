// SPDX-License-Identifier: Apache-2.0
// Shows goals about decisions by known runs with other numbers, flags and words: calls, objects and outcomes stay, a
// solver finds the rest, and the call that shows the goal.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/smt/solver.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

struct SolveOptions {
  unsigned threads = 1;  // the answer does not depend on it
  // Of runs that lead to the same objects, whatever they hold besides, the shortest is tried; for each rule at most so
  // many runs, as many with twins (see generate/twins.hpp), and twice as many beside each other.
  std::size_t runs = 16;
  smt::Budget budget{.resources = 100'000, .milliseconds = 2'000};
  std::function<void(std::size_t rule, std::size_t found, std::size_t goals)> progress;
};

// Parallel to the goals: a sequence whose last call shows the goal, as the model says. `known`: runs to begin with,
// each with all that it begins with.
std::vector<std::optional<Sequence>> solve_decisions(const Law& law, const std::vector<DecisionGoal>& goals,
                                                     const std::vector<Sequence>& known, const SolveOptions& options);

}  // namespace iolaw
