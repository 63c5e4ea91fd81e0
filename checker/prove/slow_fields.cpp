// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/slow_fields.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace iolaw {
namespace {

using Values = std::map<std::uint32_t, const Expr*>;  // of lets, by slot

// How far above the largest slow number the value may be: 0 or 1; none if that is not known.
class Growth {
 public:
  Growth(const Law& law, const std::set<FieldOfKind>& slow, const Rule& rule) : law_(law), slow_(slow) {
    add_lets(rule.items);
    for (const Each& each : rule.eaches) add_lets(each.items);
  }

  std::optional<std::uint32_t> of(const Expr& expr) const { return of(expr, lets_); }

 private:
  void add_lets(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (item.tag == Item::Tag::let) lets_[item.slot] = item.expr.get();
    }
  }

  std::optional<std::uint32_t> of(const Expr& expr, const Values& values) const {
    switch (expr.op) {
      case Op::literal:
        return expr.value <= 1 ? std::optional(static_cast<std::uint32_t>(expr.value)) : std::nullopt;
      case Op::field:
        if (slow_.contains({expr.children[0]->type.id, expr.index})) return 0;
        return std::nullopt;
      case Op::add: {
        const auto a = of(*expr.children[0], values);
        const Expr& b = *expr.children[1];
        if (a != 0U || b.op != Op::literal || b.value > 1) return std::nullopt;
        return static_cast<std::uint32_t>(b.value);
      }
      case Op::conditional: {
        const auto a = of(*expr.children[1], values);
        const auto b = of(*expr.children[2], values);
        if (!a || !b) return std::nullopt;
        return std::max(*a, *b);
      }
      case Op::variable: {
        const auto found = values.find(expr.index);
        return found == values.end() ? std::nullopt : of(*found->second, values);
      }
      case Op::call:
        if (law_.defs[expr.index].given) return std::nullopt;
        return of(*law_.defs[expr.index].body, {});  // of its parameters nothing is known
      default:
        return std::nullopt;
    }
  }

  const Law& law_;
  const std::set<FieldOfKind>& slow_;
  Values lets_;
};

// Fields that an effect sets to a number of which nothing is known, or by more than `most`.
void find_fast(const Growth& growth, const std::vector<Effect>& effects, std::uint32_t most, const Law& law,
               std::set<FieldOfKind>& fast) {
  for (const Effect& effect : effects) {
    const bool named = effect.tag == Effect::Tag::update;
    const std::uint32_t kind = named ? effect.object->type.id : effect.kind;
    for (const FieldValue& value : effect.values) {
      if (!law.kinds[kind].fields[value.field].type.is_integer()) continue;
      const auto above = growth.of(*value.value);
      if (!above || *above > most) fast.emplace(kind, value.field);
    }
  }
}

}  // namespace

std::set<FieldOfKind> slow_fields(const Law& law) {
  std::set<FieldOfKind> slow;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
      const Type& type = law.kinds[kind].fields[field].type;
      if (type.is_integer() && !type.maybe) slow.emplace(kind, field);
    }
  }
  for (;;) {
    std::set<FieldOfKind> fast;
    for (const Rule& rule : law.rules) {
      const Growth growth(law, slow, rule);
      find_fast(growth, rule.effects, 1, law, fast);
      // A call has any number of pieces.
      for (const Each& each : rule.eaches) find_fast(growth, each.effects, 0, law, fast);
    }
    const std::size_t before = slow.size();
    for (const FieldOfKind& field : fast) slow.erase(field);
    if (slow.size() == before) return slow;
  }
}

bool reads_any(const Expr& expr, const std::set<FieldOfKind>& fields) {
  if (expr.op == Op::field && fields.contains({expr.children[0]->type.id, expr.index})) return true;
  return std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return reads_any(*child, fields); });
}

}  // namespace iolaw
