// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/resolve/build.hpp"

#include <utility>

namespace iolaw::syntax {

ExprPtr node(Op op, Type type, std::vector<ExprPtr> children, Span span, std::uint32_t index, std::uint32_t kind) {
  auto result = std::make_shared<Expr>();
  result->op = op;
  result->type = type;
  result->index = index;
  result->kind = kind;
  result->children = std::move(children);
  result->span = span;
  return result;
}

ExprPtr literal(Type type, Word value, Span span) {
  auto result = std::make_shared<Expr>();
  result->op = Op::literal;
  result->type = type;
  result->value = value;
  result->span = span;
  return result;
}

ExprPtr variable(std::uint32_t slot, Type type, Span span) { return node(Op::variable, type, {}, span, slot); }

ExprPtr negation(ExprPtr e, Span span) { return node(Op::negation, kBoolean, {std::move(e)}, span); }

ExprPtr conjunction(std::vector<ExprPtr> parts, Span span) {
  if (parts.empty()) return literal(kBoolean, 1, span);
  if (parts.size() == 1) return parts.front();
  return node(Op::conjunction, kBoolean, std::move(parts), span);
}

ExprPtr disjunction(std::vector<ExprPtr> parts, Span span) {
  if (parts.empty()) return literal(kBoolean, 0, span);
  if (parts.size() == 1) return parts.front();
  return node(Op::disjunction, kBoolean, std::move(parts), span);
}

ExprPtr implication(ExprPtr a, ExprPtr b, Span span) {
  if (!a) return b;
  return node(Op::implication, kBoolean, {std::move(a), std::move(b)}, span);
}

ExprPtr equal(ExprPtr a, ExprPtr b, Span span) {
  if (a->type.maybe == b->type.maybe) return node(Op::equal, kBoolean, {std::move(a), std::move(b)}, span);
  if (!a->type.maybe) std::swap(a, b);
  ExprPtr present = node(Op::is_some, kBoolean, {a}, span);
  return conjunction({std::move(present), node(Op::equal, kBoolean, {the(a, span), std::move(b)}, span)}, span);
}

ExprPtr less_equal(ExprPtr a, ExprPtr b, Span span) {
  return node(Op::less_equal, kBoolean, {std::move(a), std::move(b)}, span);
}

ExprPtr the(ExprPtr maybe, Span span) {
  Type type = maybe->type;
  type.maybe = false;
  return node(Op::the, type, {std::move(maybe)}, span);
}

ExprPtr first(const ExprPtr& interval, Span span) {
  if (interval->op == Op::interval) return interval->children[0];
  return node(Op::first, kU64, {interval}, span);
}

ExprPtr last(const ExprPtr& interval, Span span) {
  if (interval->op == Op::interval) return interval->children[1];
  return node(Op::last, kU64, {interval}, span);
}

ExprPtr contains(const ExprPtr& interval, const ExprPtr& address, Span span) {
  return conjunction(
      {less_equal(first(interval, span), address, span), less_equal(address, last(interval, span), span)}, span);
}

ExprPtr overlaps(const ExprPtr& a, const ExprPtr& b, Span span) {
  return conjunction({less_equal(first(a, span), last(b, span), span), less_equal(first(b, span), last(a, span), span)},
                     span);
}

ExprPtr field(const Law& law, std::uint32_t kind, std::uint32_t index, ExprPtr object, Span span) {
  return node(Op::field, law.kinds[kind].fields[index].type, {std::move(object)}, span, index, kind);
}

}  // namespace iolaw::syntax
