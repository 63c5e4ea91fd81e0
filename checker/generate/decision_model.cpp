// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/decision_model.hpp"

#include <set>

namespace iolaw {

Law law_of_decisions(const Law& law, const std::vector<DecisionGoal>& goals) {
  Law result = law;
  result.properties.clear();
  result.rules.clear();
  for (const DecisionGoal& goal : goals) {
    const Rule& rule = law.rules[goal.rule];
    Rule asked;
    asked.name = goal.id;
    asked.parameters = rule.parameters;
    asked.slots = goal.slots;
    asked.slot_names.resize(goal.slots);
    asked.span = rule.span;
    Branch holds;
    holds.tag = "holds";
    holds.errors = {1};
    holds.condition = goal.formula;
    holds.span = rule.span;
    asked.branches.push_back(std::move(holds));
    Item item;
    item.tag = Item::Tag::fails;
    item.span = rule.span;
    asked.items.push_back(std::move(item));
    result.rules.push_back(std::move(asked));
  }
  return result;
}

DecisionModel::DecisionModel(const Law& law, const std::vector<DecisionGoal>& goals)
    : law_(law), goals_(goals), of_rule_(law.rules.size()), asked_(law_of_decisions(law, goals)), model_(asked_) {
  for (std::size_t i = 0; i < goals.size(); ++i) of_rule_[goals[i].rule].push_back(i);
  for (const Rule& rule : law.rules) {
    // Lines of a loop stand where they stand in it.
    std::vector<std::uint32_t>& positions = positions_.emplace_back(rule.branches.size(), 0);
    std::uint32_t place = 0;
    const auto place_items = [&](const std::vector<Item>& items, const auto& self) -> void {
      for (const Item& item : items) {
        if (item.tag == Item::Tag::each) {
          self(rule.eaches[item.each].items, self);
        } else if (item.tag != Item::Tag::let && item.tag != Item::Tag::choose) {
          positions[item.branch] = ++place;
        }
      }
    };
    place_items(rule.items, place_items);
    for (const std::uint32_t late : rule.late) positions[late] = ++place;
  }
}

std::uint32_t DecisionModel::position(std::uint32_t rule, std::uint32_t branch) const {
  return branch == kSuccess ? kSuccess : positions_[rule][branch];
}

bool DecisionModel::fits(std::size_t index, std::uint32_t branch) const {
  const DecisionGoal& goal = goals_[index];
  switch (goal.when) {
    case DecisionGoal::When::ends:
      if (branch == goal.branch) return true;
      // A call that fails when its effects are done has decided all that a success does.
      return goal.late && law_.rules[goal.rule].branches[branch].keeps;
    case DecisionGoal::When::passes:
      return position(goal.rule, branch) > position(goal.rule, goal.branch);
  }
  return false;
}

bool DecisionModel::shows(std::size_t goal, State& before, const Call& call) {
  return holds(goal, before, call).value_or(false);
}

std::optional<bool> DecisionModel::holds(std::size_t goal, State& before, const Call& call) {
  call_.rule = static_cast<std::uint32_t>(goal);
  call_.arguments = call.arguments;
  return model_.applies(before, call_);
}

std::vector<std::size_t> decisions_shown(const Model& model, DecisionModel& shows, const Sequence& sequence) {
  std::set<std::size_t> shown;
  visit_shown(
      model, shows, sequence, [](const Call&, std::uint32_t) {},
      [&](std::size_t, std::size_t goal) { return shown.count(goal) == 0; },
      [&](std::size_t, std::size_t goal) { shown.insert(goal); });
  return {shown.begin(), shown.end()};
}

}  // namespace iolaw
