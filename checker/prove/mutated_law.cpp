// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutated_law.hpp"

namespace iolaw {
namespace {

ExprPtr with_calls_moved(const ExprPtr& expr, std::uint32_t by) {
  if (!expr) return expr;
  auto moved = std::make_shared<Expr>(*expr);
  if (moved->op == Op::call) moved->index += by;
  for (ExprPtr& child : moved->children) child = with_calls_moved(child, by);
  return moved;
}

bool changes_defs(const Law& law, const Mutant& mutant) {
  for (std::size_t i = 0; i < law.defs.size(); ++i) {
    if (law.defs[i].body != mutant.law.defs[i].body) return true;
  }
  return false;
}

}  // namespace

Law mutated_law(const Law& law, const Mutant& mutant) {
  Law result = law;
  for (const std::uint32_t rule : mutant.rules) result.rules[rule] = mutant.law.rules[rule];
  if (!changes_defs(law, mutant)) return result;
  const auto by = static_cast<std::uint32_t>(law.defs.size());
  result.defs = mutant.law.defs;
  for (Def def : law.defs) {
    def.body = with_calls_moved(def.body, by);
    result.defs.push_back(std::move(def));
  }
  for (Property& property : result.properties) property.formula = with_calls_moved(property.formula, by);
  for (Axiom& axiom : result.axioms) axiom.formula = with_calls_moved(axiom.formula, by);
  for (Count& count : result.counts) {
    for (CountTerm& term : count.terms) term.where = with_calls_moved(term.where, by);
  }
  return result;
}

Rule original_rule(const Law& law, const Mutant& mutant, std::uint32_t index) {
  Rule rule = law.rules[index];
  if (!changes_defs(law, mutant)) return rule;
  const auto by = static_cast<std::uint32_t>(law.defs.size());
  const auto effects = [&](std::vector<Effect>& all) {
    for (Effect& effect : all) {
      effect.object = with_calls_moved(effect.object, by);
      effect.where = with_calls_moved(effect.where, by);
      for (FieldValue& value : effect.values) value.value = with_calls_moved(value.value, by);
    }
  };
  for (Item& item : rule.items) item.expr = with_calls_moved(item.expr, by);
  for (Branch& branch : rule.branches) branch.condition = with_calls_moved(branch.condition, by);
  for (Each& each : rule.eaches) {
    each.where = with_calls_moved(each.where, by);
    each.order = with_calls_moved(each.order, by);
    for (Item& item : each.items) item.expr = with_calls_moved(item.expr, by);
    for (Tally& tally : each.tallies) tally.summand = with_calls_moved(tally.summand, by);
    effects(each.effects);
  }
  effects(rule.effects);
  for (Result& result : rule.results) result.value = with_calls_moved(result.value, by);
  return rule;
}

}  // namespace iolaw
