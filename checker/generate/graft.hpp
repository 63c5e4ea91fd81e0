// SPDX-License-Identifier: Apache-2.0
// Puts two histories one after the other: what one goal needs, often lies half in the way to one goal and half in the
// way to another.
#pragma once

#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/goal.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {

// For each goal without a witness: histories of goals whose branches have the same tag, each followed by the history of
// a goal of the same rule, and then calls of that rule.
void graft_witnesses(const Model& model, const std::vector<Goal>& goals, std::uint64_t seed, Budget& budget,
                     Witnesses& witnesses);

}  // namespace iolaw
