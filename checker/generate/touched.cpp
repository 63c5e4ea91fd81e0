// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/touched.hpp"

#include <algorithm>

namespace iolaw {

void Touched::add(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    switch (effect.tag) {
      case Effect::Tag::create:
        populations_.insert(effect.kind);
        break;
      case Effect::Tag::destroy:
        destroy(effect.object->type.id);
        break;
      case Effect::Tag::destroy_all:
        destroy(effect.kind);
        break;
      case Effect::Tag::update:
        for (const FieldValue& value : effect.values) fields_.emplace(effect.object->type.id, value.field);
        break;
      case Effect::Tag::update_all:
        for (const FieldValue& value : effect.values) fields_.emplace(effect.kind, value.field);
        break;
    }
  }
}

// What lives in it goes too, and what is shared may lose its last holder; so may what is set to hold something else.
void Touched::destroy(std::uint32_t kind) {
  if (!populations_.insert(kind).second) return;
  for (const Field& field : law_.kinds[kind].fields) {
    const bool shared = field.role == FieldRole::holds && law_.kinds[field.type.id].shared;
    if (shared) destroy(field.type.id);
  }
  for (std::uint32_t other = 0; other < law_.kinds.size(); ++other) {
    const Kind& child = law_.kinds[other];
    if (child.parent && child.fields[*child.parent].type.id == kind) destroy(other);
  }
}

bool Touched::may_change(const Expr& expr) const {
  const auto any_field = [&](std::uint32_t kind) {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == kind; });
  };
  switch (expr.op) {
    case Op::field:
      if (fields_.contains({expr.children[0]->type.id, expr.index})) return true;
      break;
    case Op::lives:
      if (populates(expr.children[0]->type.id)) return true;
      break;
    case Op::at:
    case Op::slot:
      if (populates(expr.index) || any_field(expr.index)) return true;
      break;
    case Op::count:
      for (const CountTerm& term : law_.counts[expr.index].terms) {
        if (populates(term.kind) || fields_.contains({term.kind, term.field})) return true;
        if (term.where && (may_change(*term.where) || any_field(term.kind))) return true;
      }
      break;
    case Op::all_objects:
    case Op::some_object:
    case Op::count_objects:
      if (populates(expr.kind)) return true;
      break;
    case Op::after:
      return true;
    default:
      break;
  }
  return std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return may_change(*child); });
}

bool takes_pieces(const Law& law, const Each& each) {
  return std::any_of(each.effects.begin(), each.effects.end(), [&](const Effect& effect) {
    const bool destroys = effect.tag == Effect::Tag::destroy || effect.tag == Effect::Tag::destroy_all;
    if (!destroys) return false;
    const bool itself =
        effect.tag == Effect::Tag::destroy && effect.object->op == Op::variable && effect.object->index == each.slot;
    if (itself) return false;
    Touched touched(law);
    touched.add({effect});
    return touched.populates(each.kind);
  });
}

}  // namespace iolaw
