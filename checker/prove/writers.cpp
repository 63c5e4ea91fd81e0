// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/writers.hpp"

#include <algorithm>

namespace iolaw {

Writers::Writers(const Law& law) : law_(law), written_(law.rules.size()) {
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    const Rule& rule = law.rules[r];
    if (rule.probe) continue;
    std::vector<Effect> effects = rule.effects;
    for (const Each& each : rule.eaches) effects.insert(effects.end(), each.effects.begin(), each.effects.end());
    for (const Effect& effect : effects) {
      const std::uint32_t kind = effect.object ? effect.object->type.id : effect.kind;
      const bool updates = effect.tag == Effect::Tag::update || effect.tag == Effect::Tag::update_all;
      if (!updates) written_[r].insert({kind, kLife});
      // The fields of a new object are written; those of one that dies are not asked for.
      for (const FieldValue& value : effect.values) written_[r].insert({kind, value.field});
    }
  }
}

void Writers::read(const Expr& expr, std::set<Place>& places) const {
  switch (expr.op) {
    case Op::field:
      places.insert({expr.children[0]->type.id, expr.index});
      break;
    case Op::lives:
      places.insert({expr.children[0]->type.id, kLife});
      break;
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
      places.insert({expr.kind, kLife});
      break;
    case Op::at:
    case Op::slot:
      places.insert({expr.index, kLife});
      break;
    case Op::count:
      for (const CountTerm& term : law_.counts[expr.index].terms) places.insert({term.kind, kLife});
      break;
    case Op::call:
      read(*law_.defs[expr.index].body, places);
      break;
    default:
      break;
  }
  for (const ExprPtr& child : expr.children) read(*child, places);
}

std::vector<std::uint32_t> Writers::rules_for(const Expr& formula) const {
  std::set<Place> places;
  read(formula, places);
  std::vector<std::uint32_t> rules;
  for (std::uint32_t r = 0; r < written_.size(); ++r) {
    const bool writes =
        std::any_of(places.begin(), places.end(), [&](const Place& p) { return written_[r].contains(p); });
    if (writes) rules.push_back(r);
  }
  return rules;
}

}  // namespace iolaw
