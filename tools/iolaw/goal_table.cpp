// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/goal_table.hpp"

#include <fmt/core.h>

namespace iolaw {

void print_goal_table(const std::vector<GoalRow>& table) {
  fmt::print("{:<12}{:>8}{:>10}{:>12}{:>10}{:>8}{:>8}\n", "kind", "goals", "covered", "impossible", "unforced",
             "remote", "open");
  for (const GoalRow& row : table) {
    fmt::print("{:<12}{:>8}{:>10}{:>12}{:>10}{:>8}{:>8}\n", row.kind, row.goals, row.covered, row.impossible.size(),
               row.unforced.size(), row.remote.size(), row.open.size());
  }
}

nlohmann::ordered_json goal_table_json(const std::vector<GoalRow>& table) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const GoalRow& row : table) {
    rows.push_back({{"kind", row.kind},
                    {"goals", row.goals},
                    {"covered", row.covered},
                    {"impossible", row.impossible},
                    {"unforced", row.unforced},
                    {"remote", row.remote},
                    {"open", row.open}});
  }
  return rows;
}

}  // namespace iolaw
