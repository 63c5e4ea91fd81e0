// SPDX-License-Identifier: Apache-2.0
// Refuses properties that induction cannot carry, and says what to write instead.
#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {
namespace {

// Whether a part of the formula is claimed, assumed (on the left of `implies`, under `not`), or both or neither.
enum class Side : std::uint8_t { claimed, assumed, both };

Side other(Side side) {
  if (side == Side::both) return side;
  return side == Side::claimed ? Side::assumed : Side::claimed;
}

using Slots = std::set<std::uint32_t>;

bool mentions(const Expr& e, const Slots& slots) {
  if (e.op == Op::variable && slots.count(e.index) != 0) return true;
  return std::any_of(e.children.begin(), e.children.end(),
                     [&](const ExprPtr& child) { return mentions(*child, slots); });
}

// The key of the object in `slot`, or an end of it, itself.
bool is_key(const Expr& e, std::uint32_t slot, std::uint32_t key) {
  if (e.op == Op::first || e.op == Op::last) return is_key(*e.children[0], slot, key);
  return e.op == Op::field && e.index == key && e.children[0]->op == Op::variable && e.children[0]->index == slot;
}

// Whether the object in `slot` is found by comparing its key with one of the addresses.
bool found_by_key(const Expr& e, std::uint32_t slot, std::uint32_t key, const Slots& addresses) {
  if (e.op == Op::equal || e.op == Op::less || e.op == Op::less_equal) {
    const Expr& a = *e.children[0];
    const Expr& b = *e.children[1];
    if (is_key(a, slot, key) && mentions(b, addresses)) return true;
    if (is_key(b, slot, key) && mentions(a, addresses)) return true;
  }
  return std::any_of(e.children.begin(), e.children.end(),
                     [&](const ExprPtr& child) { return found_by_key(*child, slot, key, addresses); });
}

class Walk {
 public:
  Walk(Names& names, const Property& property) : names_(names), law_(names.law), property_(property) {}

  // `addresses`: the slots of what ranges over addresses under `all`.
  void formula(const Expr& e, Side side, const Slots& addresses) {
    switch (e.op) {
      case Op::negation:
        return formula(*e.children[0], other(side), addresses);
      case Op::implication:
        formula(*e.children[0], other(side), addresses);
        return formula(*e.children[1], side, addresses);
      case Op::conjunction:
      case Op::disjunction:
      case Op::after:
        for (const ExprPtr& child : e.children) formula(*child, side, addresses);
        return;
      case Op::all_objects:
      case Op::some_object:
        if (claims_existence(e, side, Op::some_object, Op::all_objects)) object(e, addresses);
        return formula(*e.children[0], side, addresses);
      case Op::all_addresses:
      case Op::some_address: {
        if (claims_existence(e, side, Op::some_address, Op::all_addresses)) {
          refuse(e,
                 "proofs do not find an address that meets a condition: name the one that does, such as "
                 "`a.span.first`, or keep it in a field");
          return;
        }
        Slots inner = addresses;
        inner.insert(e.index);
        return formula(*e.children[2], side, inner);
      }
      case Op::call:
        return call(e, side, addresses);
      default:
        for (const ExprPtr& child : e.children) formula(*child, Side::both, addresses);
    }
  }

 private:
  // `some` where it is claimed, `all` where it is assumed.
  static bool claims_existence(const Expr& e, Side side, Op some, Op all) {
    return (e.op == some && side == Side::claimed) || (e.op == all && side == Side::assumed);
  }

  void object(const Expr& e, const Slots& addresses) {
    const Kind& kind = law_.kinds[e.kind];
    if (kind.container == Container::none || !kind.parent || !kind.key || addresses.empty()) return;
    if (!found_by_key(*e.children[0], e.index, *kind.key, addresses)) return;
    const std::string parent = law_.kinds[kind.fields[*kind.parent].type.id].name;
    refuse(e, "proofs do not find the " + kind.name + " of every address: write " +
                  quote(kind.container == Container::slot_map ? "v.slot[i] is some q" : "v.at[x] is some a") +
                  " instead, with the map of the " + parent);
  }

  void call(const Expr& e, Side side, const Slots& addresses) {
    const Def& def = law_.defs[e.index];
    if (def.given || !def.body) return;
    Slots inner;
    for (std::uint32_t i = 0; i < e.children.size(); ++i) {
      formula(*e.children[i], Side::both, addresses);
      if (mentions(*e.children[i], addresses)) inner.insert(i);
    }
    if (!seen_.insert({e.index, side, inner}).second) return;
    formula(*def.body, side, inner);
  }

  void refuse(const Expr& e, std::string message) {
    Diagnostic& diagnostic = names_.error(Code::unprovable, e.span, std::move(message));
    if (e.span.file != property_.formula->span.file || e.span.begin < property_.formula->span.begin ||
        e.span.end > property_.formula->span.end) {
      diagnostic.notes.push_back({property_.span, "it is part of " + quote(property_.name)});
    }
  }

  Names& names_;
  const Law& law_;
  const Property& property_;
  std::set<std::tuple<std::uint32_t, Side, Slots>> seen_;
};

}  // namespace

void check_provable(Names& names) {
  for (const Property& property : names.law.properties) {
    if (!property.formula || property.tag == Property::Tag::cover) continue;
    Walk(names, property).formula(*property.formula, Side::claimed, {});
  }
}

}  // namespace iolaw::syntax
