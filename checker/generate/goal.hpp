// SPDX-License-Identifier: Apache-2.0
// What a suite must reach: every outcome of every rule and probe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

// "Some call sequence ends with a call of `rule` that takes `branch`."
struct Goal {
  std::string id;  // "ioas.map.overlap"
  std::uint32_t rule = 0;
  std::uint32_t branch = kSuccess;
};

// Whether a line of the rule's table always applies: such a rule says what never succeeds.
bool always_fails(const Rule& rule);

// In the order of the law; success first. Branches of which the law is silent are no goals, nor are refusals that it
// only permits.
std::vector<Goal> list_goals(const Law& law);

// IDs of the outcomes that no suite can ask for: an implementation chooses whether to refuse.
std::vector<std::string> list_open(const Law& law);

// Whether the sequence is specified throughout and its last call takes the goal's outcome.
bool reaches(const Model& model, const Goal& goal, const Sequence& sequence);

}  // namespace iolaw
