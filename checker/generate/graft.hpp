// SPDX-License-Identifier: Apache-2.0
// Puts two histories one after the other: what one goal needs, often lies half in the way to one goal and half in the
// way to another.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/goal.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {

enum class Graft : std::uint8_t {
  join,    // histories of goals whose branches have the same tag, each followed by that of a goal of the same rule
  extend,  // histories of goals of the same rule, and one call of a rule that helps it; takes many more calls
};

// For each goal without a witness: such histories, and then calls of its rule.
void graft_witnesses(const Model& model, const std::vector<Goal>& goals, std::uint64_t seed, Graft how, Budget& budget,
                     Witnesses& witnesses);

}  // namespace iolaw
