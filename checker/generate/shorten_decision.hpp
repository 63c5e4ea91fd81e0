// SPDX-License-Identifier: Apache-2.0
// A run that shows a goal about a decision, made shorter and simpler.
#pragma once

#include "checker/generate/decisions.hpp"
#include "checker/generate/simplicity.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

// Whether the run can be played and its last call shows the goal.
bool shows_at_its_end(const Law& law, const DecisionGoal& goal, const Sequence& sequence);

// The last call of what is returned shows the goal, as that of `sequence` does. At most so many calls of the model.
Sequence shorten_decision(const Law& law, const Simplicity& simplicity, const DecisionGoal& goal,
                          const Sequence& sequence, std::uint64_t calls);

}  // namespace iolaw
