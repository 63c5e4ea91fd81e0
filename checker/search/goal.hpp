// SPDX-License-Identifier: Apache-2.0
// How the last call of a search may be: which rules, and what must live before.
#pragma once

#include <vector>

#include "checker/scope/target.hpp"
#include "checker/search/influence.hpp"
#include "checker/search/need.hpp"

namespace iolaw::search {

struct Goal {
  std::uint32_t rule = 0;
  std::size_t target = 0;
  Counts needs;
};

// `through`: only this rule, if given.
std::vector<Goal> goals_of(const Law& law, const Influence& influence, const std::vector<scope::Target>& targets,
                           const Rule* through);

// All that the targets read, besides the rules.
Places reads_of(const Influence& influence, const std::vector<scope::Target>& targets);

}  // namespace iolaw::search
