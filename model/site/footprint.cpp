// SPDX-License-Identifier: Apache-2.0
#include "model/site/footprint.hpp"

#include <algorithm>

namespace iolaw::site {

std::uint32_t kind_of(const Effect& effect) { return effect.object ? effect.object->type.id : effect.kind; }

std::vector<const Effect*> effects_of(const Rule& rule) {
  std::vector<const Effect*> out;
  for (const Each& each : rule.eaches) {
    for (const Effect& effect : each.effects) out.push_back(&effect);
  }
  for (const Effect& effect : rule.effects) out.push_back(&effect);
  return out;
}

Footprints::Footprints(const Law& law) : law_(law) {
  for (auto& deeds : deeds_) deeds.resize(law.kinds.size());
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    std::set<Place>& places = written_.emplace_back();
    for (const Effect* effect : effects_of(law.rules[rule])) {
      const std::uint32_t kind = kind_of(*effect);
      Deed deed = Deed::changes;
      if (effect->tag == Effect::Tag::create) {
        deed = Deed::makes;
        places.emplace(kind, kLife);
      } else if (effect->tag == Effect::Tag::destroy || effect->tag == Effect::Tag::destroy_all) {
        deed = Deed::ends;
        ends(kind, places);
      } else {
        for (const FieldValue& value : effect->values) places.emplace(kind, value.field);
      }
      std::vector<std::uint32_t>& rules = deeds_[static_cast<std::size_t>(deed)][kind];
      if (rules.empty() || rules.back() != rule) rules.push_back(rule);
    }
  }
}

// What lives in an object, and shared objects that it holds, may end with it.
void Footprints::ends(std::uint32_t kind, std::set<Place>& places) const {
  if (!places.emplace(kind, kLife).second) return;
  for (std::uint32_t other = 0; other < law_.kinds.size(); ++other) {
    const Kind& candidate = law_.kinds[other];
    if (candidate.parent && candidate.fields[*candidate.parent].type.id == kind) ends(other, places);
  }
  for (const Field& field : law_.kinds[kind].fields) {
    if (field.role == FieldRole::holds && law_.kinds.at(field.type.id).shared) ends(field.type.id, places);
  }
}

void Footprints::read(const Expr& expr, std::set<Place>& places) const {
  switch (expr.op) {
    case Op::field:
      places.emplace(expr.children.at(0)->type.id, expr.index);
      break;
    case Op::lives:
      places.emplace(expr.children.at(0)->type.id, kLife);
      break;
    case Op::at:
    case Op::slot:
      places.emplace(expr.index, kLife);
      break;
    case Op::count:
      for (const CountTerm& term : law_.counts.at(expr.index).terms) {
        places.emplace(term.kind, kLife);
        places.emplace(term.kind, term.field);
        if (term.where) read(*term.where, places);
      }
      break;
    case Op::call:
      read(*law_.defs.at(expr.index).body, places);
      break;
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
      places.emplace(expr.kind, kLife);
      break;
    default:
      break;
  }
  for (const ExprPtr& child : expr.children) read(*child, places);
}

bool Footprints::touches(std::uint32_t rule, const Expr& formula) const {
  std::set<Place> places;
  read(formula, places);
  const std::set<Place>& written = written_.at(rule);
  return std::any_of(places.begin(), places.end(), [&](const Place& place) { return written.count(place) != 0; });
}

const std::vector<std::uint32_t>& Footprints::rules(Deed deed, std::uint32_t kind) const {
  return deeds_[static_cast<std::size_t>(deed)].at(kind);
}

}  // namespace iolaw::site
