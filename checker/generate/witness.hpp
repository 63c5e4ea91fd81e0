// SPDX-License-Identifier: Apache-2.0
// Finds, for each goal, a sequence of calls that reaches it.
#pragma once

#include <optional>
#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/explore.hpp"
#include "checker/generate/goal.hpp"

namespace iolaw {

struct Witnesses {
  std::vector<std::optional<Sequence>> of_goal;  // parallel to the goals
  std::vector<Reached> pool;                     // the states that the search kept, shortest histories first
  std::uint64_t focus_calls = 0;                 // beside the budget
};

// Exploration breadth first; where the law is too large for its budget, again with the rules alone that help one whose
// goals were missed; then, for goals still missed, calls of their rule alone in every state of the pool, kept and
// crossed by how near they come to the goal's branch.
// `known` are ways that were found before, parallel to the goals; shorter ones are taken instead.
Witnesses find_witnesses(const Model& model, const std::vector<Goal>& goals, const ExploreOptions& options,
                         std::vector<std::optional<Sequence>> known, Budget& budget);

// For goals without a witness: small changes of the witnesses that end in a call of the same rule.
void vary_witnesses(const Model& model, const std::vector<Goal>& goals, std::uint64_t seed, Budget& budget,
                    Witnesses& witnesses);

// The calls as a sequence, without those that no test can name: they mostly fail, and change nothing. It need not lead
// where the calls led.
Sequence name_calls(const Model& model, const std::vector<Call>& calls);

// The calls that a sequence stands for, up to the first that the law leaves open.
std::vector<Call> calls_of(const Model& model, const Sequence& sequence);

}  // namespace iolaw
