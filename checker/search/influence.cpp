// SPDX-License-Identifier: Apache-2.0
#include "checker/search/influence.hpp"

#include <algorithm>

namespace iolaw::search {

Influence::Influence(const Law& law) : law_(law), written_(law.rules.size()) {
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    if (law.rules[r].probe) continue;
    write(law.rules[r].effects, written_[r]);
    for (const Each& each : law.rules[r].eaches) write(each.effects, written_[r]);
  }
}

// An object of the kind dies: with it what lives in it, and what is shared and was held by no one else.
void Influence::end(std::uint32_t kind, Places& places) const {
  if (!places.insert({kind, kLife}).second) return;
  for (std::uint32_t other = 0; other < law_.kinds.size(); ++other) {
    const Kind& child = law_.kinds[other];
    if (child.parent && child.fields[*child.parent].type.id == kind) end(other, places);
  }
  for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) let_go(kind, field, places);
}

void Influence::let_go(std::uint32_t kind, std::uint32_t field, Places& places) const {
  const Field& held = law_.kinds[kind].fields[field];
  if (held.type.tag == TypeTag::reference && law_.kinds[held.type.id].shared) end(held.type.id, places);
}

void Influence::write(const std::vector<Effect>& effects, Places& places) const {
  for (const Effect& effect : effects) {
    const std::uint32_t kind = effect.object ? effect.object->type.id : effect.kind;
    const bool updates = effect.tag == Effect::Tag::update || effect.tag == Effect::Tag::update_all;
    if (effect.tag == Effect::Tag::create) places.insert({kind, kLife});
    if (effect.tag == Effect::Tag::destroy || effect.tag == Effect::Tag::destroy_all) {
      Places ended;
      end(kind, ended);
      places.insert(ended.begin(), ended.end());
    }
    for (const FieldValue& value : effect.values) {
      places.insert({kind, value.field});
      if (updates) {
        Places ended;
        let_go(kind, value.field, ended);
        places.insert(ended.begin(), ended.end());
      }
    }
  }
}

void Influence::read(const Expr& expr, Places& places) const {
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
    case Op::slot: {
      const Kind& child = law_.kinds[expr.index];
      places.insert({expr.index, kLife});
      if (child.parent) places.insert({expr.index, *child.parent});
      if (child.key) places.insert({expr.index, *child.key});
      break;
    }
    case Op::count:
      for (const CountTerm& term : law_.counts[expr.index].terms) {
        places.insert({term.kind, kLife});
        places.insert({term.kind, term.field});
        if (term.where) read(*term.where, places);
      }
      break;
    case Op::call:
      read(*law_.defs[expr.index].body, places);
      break;
    default:
      break;
  }
  for (const ExprPtr& child : expr.children) read(*child, places);
}

void Influence::read(const std::vector<Effect>& effects, Places& places) const {
  for (const Effect& effect : effects) {
    if (effect.object) read(*effect.object, places);
    if (effect.where) read(*effect.where, places);
    for (const FieldValue& value : effect.values) read(*value.value, places);
  }
}

Places Influence::reads_of(const Rule& rule) const {
  Places places;
  const auto items = [&](const std::vector<Item>& all) {
    for (const Item& item : all) {
      if (item.expr) read(*item.expr, places);
    }
  };
  items(rule.items);
  for (const Branch& branch : rule.branches) read(*branch.condition, places);
  for (const Each& each : rule.eaches) {
    places.insert({each.kind, kLife});
    if (each.where) read(*each.where, places);
    if (each.order) read(*each.order, places);
    items(each.items);
    for (const Tally& tally : each.tallies) read(*tally.summand, places);
    read(each.effects, places);
  }
  read(rule.effects, places);
  return places;
}

bool Influence::writes_any(std::uint32_t rule, const Places& places) const {
  return std::any_of(written_[rule].begin(), written_[rule].end(), [&](const Place& p) { return places.contains(p); });
}

std::vector<std::uint32_t> Influence::cone(const Places& places, const std::vector<std::uint32_t>& also) const {
  Places read = places;
  std::set<std::uint32_t> rules;
  const auto add = [&](std::uint32_t rule) {
    if (!rules.insert(rule).second) return false;
    const Places more = reads_of(law_.rules[rule]);
    read.insert(more.begin(), more.end());
    return true;
  };
  for (const std::uint32_t rule : also) add(rule);
  for (bool more = true; more;) {
    more = false;
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (!rules.contains(rule) && writes_any(rule, read)) more = add(rule) || more;
    }
  }
  return {rules.begin(), rules.end()};
}

}  // namespace iolaw::search
