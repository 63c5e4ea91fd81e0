// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/goal_table.hpp"

namespace iolaw {

std::vector<std::string>& GoalRow::of(Reachability reachability) {
  switch (reachability) {
    case Reachability::impossible:
      return impossible;
    case Reachability::unforced:
      return unforced;
    case Reachability::remote:
      return remote;
    case Reachability::open:
      break;
  }
  return open;
}

std::vector<DecisionGoal> not_shown(const std::vector<DecisionGoal>& goals, const std::vector<bool>& shown) {
  std::vector<DecisionGoal> missed;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (!shown[i]) missed.push_back(goals[i]);
  }
  return missed;
}

std::vector<GoalRow> goal_table(const std::vector<Goal>& outcomes, const std::vector<bool>& reached,
                                const std::vector<DecisionGoal>& decisions, const std::vector<bool>& shown,
                                const std::vector<Reachability>& answers) {
  std::vector<GoalRow> rows(1 + kDecisionKinds);
  const auto count = [](GoalRow& row, const std::string& id, bool covered, Reachability answer) {
    ++row.goals;
    if (covered) {
      ++row.covered;
    } else {
      row.of(answer).push_back(id);
    }
  };
  rows[0].kind = "outcome";
  for (std::size_t i = 0; i < outcomes.size(); ++i) count(rows[0], outcomes[i].id, reached[i], Reachability::open);
  for (std::size_t kind = 0; kind < kDecisionKinds; ++kind) {
    rows[1 + kind].kind = kind_name(static_cast<DecisionGoal::Kind>(kind));
  }
  std::size_t missed = 0;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const Reachability answer = shown[i] ? Reachability::open : answers[missed++];
    count(rows[1 + static_cast<std::size_t>(decisions[i].kind)], decisions[i].id, shown[i], answer);
  }
  return rows;
}

}  // namespace iolaw
