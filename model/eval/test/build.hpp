// SPDX-License-Identifier: Apache-2.0
// Builds expressions by hand, for tests of the evaluator that need no front end.
#pragma once

#include <utility>

#include "model/law/law.hpp"

namespace iolaw::build {

inline constexpr Type kBool{TypeTag::boolean, false, 0};
inline constexpr Type kU64{TypeTag::u64, false, 0};
inline constexpr Type kMaybeU64{TypeTag::u64, true, 0};
inline constexpr Type kNat{TypeTag::nat, false, 0};
inline constexpr Type kPow2{TypeTag::pow2, false, 0};
inline constexpr Type kInterval{TypeTag::interval, false, 0};
inline Type reference(std::uint32_t kind, bool maybe = false) { return {TypeTag::reference, maybe, kind}; }

inline ExprPtr node(Op op, Type type, std::vector<ExprPtr> children, std::uint32_t index = 0, std::uint32_t kind = 0,
                    Word value = 0) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->type = type;
  made->children = std::move(children);
  made->index = index;
  made->kind = kind;
  made->value = value;
  return made;
}

inline ExprPtr number(Word value) { return node(Op::literal, kU64, {}, 0, 0, value); }
inline ExprPtr boolean(bool value) { return node(Op::literal, kBool, {}, 0, 0, value ? 1 : 0); }
inline ExprPtr none(Type type) { return node(Op::none, type, {}); }
inline ExprPtr var(std::uint32_t slot, Type type = kU64) { return node(Op::variable, type, {}, slot); }
inline ExprPtr ref(std::uint32_t slot, std::uint32_t kind) { return var(slot, reference(kind)); }
inline ExprPtr field(ExprPtr object, std::uint32_t index, Type type) { return node(Op::field, type, {object}, index); }
inline ExprPtr first(ExprPtr interval) { return node(Op::first, kU64, {interval}); }
inline ExprPtr last(ExprPtr interval) { return node(Op::last, kU64, {interval}); }
inline ExprPtr range(ExprPtr a, ExprPtr b) { return node(Op::interval, kInterval, {a, b}); }
inline ExprPtr lives(ExprPtr object) { return node(Op::lives, kBool, {object}); }
inline ExprPtr at(ExprPtr parent, ExprPtr key, std::uint32_t child) {
  return node(Op::at, reference(child, true), {parent, key}, child);
}
inline ExprPtr slot(ExprPtr parent, ExprPtr key, std::uint32_t child) {
  return node(Op::slot, reference(child, true), {parent, key}, child);
}
inline ExprPtr is_some(ExprPtr maybe) { return node(Op::is_some, kBool, {maybe}); }
inline ExprPtr the(ExprPtr maybe) {
  Type type = maybe->type;
  type.maybe = false;
  return node(Op::the, type, {maybe});
}
inline ExprPtr no(ExprPtr a) { return node(Op::negation, kBool, {a}); }
inline ExprPtr both(ExprPtr a, ExprPtr b) { return node(Op::conjunction, kBool, {a, b}); }
inline ExprPtr either(ExprPtr a, ExprPtr b) { return node(Op::disjunction, kBool, {a, b}); }
inline ExprPtr implies(ExprPtr a, ExprPtr b) { return node(Op::implication, kBool, {a, b}); }
inline ExprPtr when(ExprPtr c, ExprPtr a, ExprPtr b) { return node(Op::conditional, a->type, {c, a, b}); }
inline ExprPtr equal(ExprPtr a, ExprPtr b) { return node(Op::equal, kBool, {a, b}); }
inline ExprPtr less(ExprPtr a, ExprPtr b) { return node(Op::less, kBool, {a, b}); }
inline ExprPtr at_most(ExprPtr a, ExprPtr b) { return node(Op::less_equal, kBool, {a, b}); }
inline ExprPtr add(ExprPtr a, ExprPtr b) { return node(Op::add, kU64, {a, b}); }
inline ExprPtr sub(ExprPtr a, ExprPtr b) { return node(Op::subtract, kU64, {a, b}); }
inline ExprPtr mul(ExprPtr a, Word b) { return node(Op::multiply, kU64, {a, number(b)}); }
inline ExprPtr wrapping(ExprPtr a) { return node(Op::wrapping, kU64, {a}); }
inline ExprPtr overflows(ExprPtr a) { return node(Op::overflows, kBool, {a}); }
inline ExprPtr aligned(ExprPtr a, ExprPtr unit) { return node(Op::aligned, kBool, {a, unit}); }
inline ExprPtr align_down(ExprPtr a, ExprPtr unit) { return node(Op::align_down, kU64, {a, unit}); }
inline ExprPtr all(std::uint32_t slot_index, std::uint32_t kind, ExprPtr body) {
  return node(Op::all_objects, kBool, {body}, slot_index, kind);
}
inline ExprPtr some(std::uint32_t slot_index, std::uint32_t kind, ExprPtr body) {
  return node(Op::some_object, kBool, {body}, slot_index, kind);
}
inline ExprPtr all_in(std::uint32_t slot_index, ExprPtr a, ExprPtr b, ExprPtr body) {
  return node(Op::all_addresses, kBool, {a, b, body}, slot_index);
}
inline ExprPtr some_in(std::uint32_t slot_index, ExprPtr a, ExprPtr b, ExprPtr body) {
  return node(Op::some_address, kBool, {a, b, body}, slot_index);
}
inline ExprPtr after(ExprPtr a) { return node(Op::after, a->type, {a}); }
inline ExprPtr overlap(ExprPtr a, ExprPtr b) { return both(at_most(first(a), last(b)), at_most(first(b), last(a))); }

}  // namespace iolaw::build
