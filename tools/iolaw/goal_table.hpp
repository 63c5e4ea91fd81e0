// SPDX-License-Identifier: Apache-2.0
// How far the goals of each kind are covered, as commands show it.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "checker/generate/goal_table.hpp"

namespace iolaw {

void print_goal_table(const std::vector<GoalRow>& table);
nlohmann::ordered_json goal_table_json(const std::vector<GoalRow>& table);

}  // namespace iolaw
