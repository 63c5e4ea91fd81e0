// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/goal.hpp"

#include <algorithm>

namespace iolaw {

bool always_fails(const Rule& rule) {
  return std::any_of(rule.branches.begin(), rule.branches.end(), [](const Branch& branch) {
    return !branch.may && branch.condition->op == Op::literal && branch.condition->value != 0;
  });
}

std::vector<Goal> list_goals(const Law& law) {
  std::vector<Goal> goals;
  for (std::uint32_t index = 0; index < law.rules.size(); ++index) {
    const Rule& rule = law.rules[index];
    if (!always_fails(rule)) goals.push_back({branch_id(rule, kSuccess), index, kSuccess});
    for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
      if (rule.branches[branch].unspecified || rule.branches[branch].may) continue;
      goals.push_back({branch_id(rule, branch), index, branch});
    }
  }
  return goals;
}

std::vector<std::string> list_open(const Law& law) {
  std::vector<std::string> open;
  for (const Rule& rule : law.rules) {
    for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
      if (rule.branches[branch].may) open.push_back(branch_id(rule, branch));
    }
  }
  return open;
}

bool reaches(const Model& model, const Goal& goal, const Sequence& sequence) {
  if (sequence.empty() || sequence.back().rule != goal.rule) return false;
  World world(model.law());
  const auto played = play(model, sequence, world);
  return played && played->back().branch == goal.branch;
}

}  // namespace iolaw
