// SPDX-License-Identifier: Apache-2.0
// Rules that say how near a call comes to an outcome.
#pragma once

#include <optional>
#include <vector>

#include "checker/scope/target.hpp"

namespace iolaw {

struct Milestone {
  std::uint32_t rule = 0;             // whose calls lead there
  std::uint32_t goal_rule = 0;        // that says how near they come
  std::optional<std::size_t> target;  // none: a way to a state that others may need
};

// The law with a rule of no effect appended for each target that is an outcome; and for each flag and optional
// reference that a rule sets if something holds, for a success that sets it. It takes the calls of the goal's rule; its
// branches are what must hold, one by one, in the order in which the rule reads them: the further a call gets, the
// nearer it is. Branches of which the law is silent become failures with kSilent, so that such calls have a place in
// that order too.
struct GoalRules {
  Law law;
  std::vector<Milestone> goals;
};

// No errno.
inline constexpr int kSilent = 1 << 20;

// Makes branches of which the law is silent such failures.
void name_silence(Law& law);

GoalRules goal_rules(const Law& law, const std::vector<scope::Target>& targets);

}  // namespace iolaw
