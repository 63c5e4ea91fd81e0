// SPDX-License-Identifier: Apache-2.0
#include "model/eval/parameter_use.hpp"

#include <algorithm>

namespace iolaw::eval {
namespace {

template <typename T>
void insert(std::vector<T>& values, const T& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

class Reader {
 public:
  Reader(const Law& law, const Rule& rule) : law_(law), rule_(rule), uses_(rule.parameters.size()) {
    lets_.resize(rule.slots);
  }

  std::vector<ParameterUse> read() {
    read_items(rule_.items);
    read_effects(rule_.effects);
    for (const Result& result : rule_.results) group(*result.value);
    return std::move(uses_);
  }

 private:
  // What one condition names.
  struct Mentions {
    std::vector<std::uint32_t> slots;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> fields;
    std::vector<std::uint32_t> constants;
  };

  void read_items(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (item.tag == Item::Tag::let) {
        lets_[item.slot] = item.expr;
        roles(*item.expr);
      } else if (item.tag == Item::Tag::each) {
        const Each& each = rule_.eaches[item.each];
        if (each.where) group(*each.where);
        read_items(each.items);
        read_effects(each.effects);
      } else {
        group(item.tag == Item::Tag::choose ? *item.expr : *rule_.branches[item.branch].condition);
      }
    }
  }

  void read_effects(const std::vector<Effect>& effects) {
    for (const Effect& effect : effects) {
      if (effect.where) group(*effect.where);
      for (const FieldValue& value : effect.values) {
        Mentions found;
        roles(*value.value);
        mention(*value.value, true, found);
        const std::uint32_t kind = effect.object ? effect.object->type.id : effect.kind;
        if (law_.kinds[kind].fields[value.field].type.tag == TypeTag::interval) {
          insert(found.fields, std::pair{kind, value.field});
        }
        keep(found);
        const Kind& target = law_.kinds[kind];
        if (target.container != Container::interval_map || target.key != value.field) continue;
        for (const std::uint32_t slot : found.slots) uses_[slot].fresh = true;
      }
    }
  }

  // A condition is read part by part; what a quantifier binds belongs together.
  void group(const Expr& expr) {
    roles(expr);
    switch (expr.op) {
      case Op::negation:
      case Op::conjunction:
      case Op::disjunction:
      case Op::implication:
      case Op::conditional:
        for (const ExprPtr& child : expr.children) group(*child);
        return;
      default: {
        Mentions found;
        mention(expr, true, found);
        keep(found);
      }
    }
  }

  void mention(const Expr& expr, bool in_rule, Mentions& found) const {
    switch (expr.op) {
      case Op::variable:
        if (!in_rule) break;
        if (expr.index < uses_.size()) {
          insert(found.slots, expr.index);
        } else if (expr.index < lets_.size() && lets_[expr.index]) {
          mention(*lets_[expr.index], true, found);
        }
        break;
      case Op::constant:
        if (law_.constants[expr.index].type.tag == TypeTag::interval) insert(found.constants, expr.index);
        break;
      case Op::field:
        if (expr.type.tag == TypeTag::interval) insert(found.fields, {expr.children[0]->type.id, expr.index});
        break;
      case Op::at:
        if (law_.kinds[expr.index].key) insert(found.fields, {expr.index, *law_.kinds[expr.index].key});
        break;
      case Op::call:
        mention(*law_.defs[expr.index].body, false, found);
        break;
      default:
        break;
    }
    for (const ExprPtr& child : expr.children) mention(*child, in_rule, found);
  }

  void keep(const Mentions& found) {
    for (const std::uint32_t slot : found.slots) {
      ParameterUse& use = uses_[slot];
      for (const auto& field : found.fields) insert(use.fields, field);
      for (const std::uint32_t constant : found.constants) insert(use.constants, constant);
      for (const std::uint32_t other : found.slots) {
        if (rule_.parameters[other].type.tag == TypeTag::reference) insert(use.partners, other);
      }
    }
  }

  bool names(const Expr& expr, std::uint32_t slot) const {
    Mentions found;
    mention(expr, true, found);
    return std::find(found.slots.begin(), found.slots.end(), slot) != found.slots.end();
  }

  void roles(const Expr& expr) {
    if (expr.op == Op::interval) {
      const Expr& first = *expr.children[0];
      for (std::uint32_t slot = 0; slot < uses_.size(); ++slot) {
        if (first.op == Op::variable && first.index == slot) {
          uses_[slot].role = ParameterUse::Role::address;
        } else if (uses_[slot].role == ParameterUse::Role::other && first.op == Op::variable &&
                   names(*expr.children[1], slot)) {
          uses_[slot].role = ParameterUse::Role::length;
        }
      }
    }
    if (expr.op == Op::at && expr.children[1]->op == Op::variable && expr.children[1]->index < uses_.size()) {
      uses_[expr.children[1]->index].role = ParameterUse::Role::address;
    }
    for (const ExprPtr& child : expr.children) roles(*child);
  }

  const Law& law_;
  const Rule& rule_;
  std::vector<ParameterUse> uses_;
  std::vector<ExprPtr> lets_;
};

}  // namespace

std::vector<ParameterUse> uses_of_parameters(const Law& law, const Rule& rule) { return Reader(law, rule).read(); }

}  // namespace iolaw::eval
