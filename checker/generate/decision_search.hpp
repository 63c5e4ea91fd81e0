// SPDX-License-Identifier: Apache-2.0
// Finds calls that show goals about decisions: in states that are known, with numbers at the ends of what these hold
// and beside them, and in states near those.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/generate/explore.hpp"

namespace iolaw {

struct DecisionSearchOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;                // the answer does not depend on it
  std::uint64_t calls = 8'000;         // of the model, for each rule,
  std::uint64_t calls_per_goal = 200;  // and as many more for each of its goals
  std::vector<bool> rules;             // whose goals are searched for, of others only `known` is looked at; empty: all
};

struct DecisionWitnesses {
  std::vector<std::optional<Sequence>> of_goal;  // parallel to the goals: the last call shows it
  // Ways to outcomes that were met meanwhile: the last call of each takes another rule or branch.
  std::vector<std::pair<std::uint32_t, Sequence>> of_branch;
  std::uint64_t calls = 0;
};

// Goals that are `shown`, which is parallel to them, are not sought. `known` are sequences to begin with: their last
// calls are looked at, too; `bases` are others, of which the last calls show what was shown: it is looked beside them.
DecisionWitnesses find_decisions(const Law& law, const std::vector<DecisionGoal>& goals, const std::vector<bool>& shown,
                                 const std::vector<Reached>& pool, const std::vector<Sequence>& known,
                                 const std::vector<Sequence>& bases, const DecisionSearchOptions& options);

}  // namespace iolaw
