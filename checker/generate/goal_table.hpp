// SPDX-License-Identifier: Apache-2.0
// How far the goals of each kind are covered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/generate/goal.hpp"

namespace iolaw {

// What is known of a goal that no case shows.
enum class Reachability : std::uint8_t {
  open,  // nothing
  // Proved, of any number of objects:
  impossible,  // no call shows it
  unforced,    // each call that shows it may also be refused: no test can ask for its answer
  remote,      // no run of kShortRun calls or fewer shows it
};

inline constexpr Word kShortRun = 4096;

struct GoalRow {
  std::string_view kind;  // "outcome", "boundary", "condition", "precedence"
  std::size_t goals = 0;
  std::size_t covered = 0;
  // IDs of the others, in the order of the law.
  std::vector<std::string> impossible;
  std::vector<std::string> unforced;
  std::vector<std::string> remote;
  std::vector<std::string> open;

  std::vector<std::string>& of(Reachability reachability);
};

// Those that are not shown (parallel).
std::vector<DecisionGoal> not_shown(const std::vector<DecisionGoal>& goals, const std::vector<bool>& shown);

// A row for each kind, outcomes first. `reached` is parallel to the outcomes, `shown` to the decisions, and `answers`
// to those decisions that are not shown.
std::vector<GoalRow> goal_table(const std::vector<Goal>& outcomes, const std::vector<bool>& reached,
                                const std::vector<DecisionGoal>& decisions, const std::vector<bool>& shown,
                                const std::vector<Reachability>& answers);

}  // namespace iolaw
