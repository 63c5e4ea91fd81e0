// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/formulas.hpp"

namespace iolaw {

ExprPtr formula_node(Op op, std::vector<ExprPtr> children, const Expr& like, Type type) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->type = type;
  made->span = like.span;
  made->children = std::move(children);
  return made;
}

ExprPtr both(std::vector<ExprPtr> parts, const Expr& like) {
  return parts.size() == 1 ? parts.front() : formula_node(Op::conjunction, std::move(parts), like);
}

ExprPtr negated(const ExprPtr& expr) { return formula_node(Op::negation, {expr}, *expr); }

ExprPtr truth(bool value, const Expr& like) {
  auto made = std::make_shared<Expr>();
  made->type = kTruth;
  made->value = value ? 1 : 0;
  made->span = like.span;
  return made;
}

ExprPtr with_child(const Expr& expr, std::size_t index, ExprPtr child) {
  auto changed = std::make_shared<Expr>(expr);
  changed->children[index] = std::move(child);
  return changed;
}

ExprPtr integer(Word value, const Expr& like) {
  auto made = std::make_shared<Expr>();
  made->op = Op::literal;
  made->type = {TypeTag::u64, false, 0};
  made->value = value;
  made->span = like.span;
  return made;
}

ExprPtr plus(const ExprPtr& expr, Word more) {
  return formula_node(Op::add, {expr, integer(more, *expr)}, *expr, {TypeTag::nat, false, 0});
}

ExprPtr equal_to(const ExprPtr& a, const ExprPtr& b) { return formula_node(Op::equal, {a, b}, *a); }

ExprPtr some_object(std::uint32_t slot, std::uint32_t kind, ExprPtr formula, const Expr& like) {
  auto some = std::make_shared<Expr>();
  some->op = Op::some_object;
  some->type = kTruth;
  some->index = slot;
  some->kind = kind;
  some->span = like.span;
  some->children = {std::move(formula)};
  return some;
}

ExprPtr renamed(const ExprPtr& expr, std::uint32_t slot, std::uint32_t other) {
  auto changed = std::make_shared<Expr>(*expr);
  if (expr->op == Op::variable && expr->index == slot) changed->index = other;
  for (ExprPtr& child : changed->children) child = renamed(child, slot, other);
  return changed;
}

}  // namespace iolaw
