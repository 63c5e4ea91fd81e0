// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/mutate_expr.hpp"

#include <fmt/format.h>

#include "checker/generate/source_text.hpp"

namespace iolaw {
namespace {

constexpr Type kBoolean{TypeTag::boolean};

ExprPtr make(const Expr& like, Op op, std::vector<ExprPtr> children) {
  auto node = std::make_shared<Expr>(like);
  node->op = op;
  node->children = std::move(children);
  return node;
}

ExprPtr make_boolean(Span span, Op op, std::vector<ExprPtr> children) {
  auto node = std::make_shared<Expr>();
  node->op = op;
  node->type = kBoolean;
  node->children = std::move(children);
  node->span = span;
  return node;
}

ExprPtr without(const Expr& expr, std::size_t child) {
  std::vector<ExprPtr> rest;
  for (std::size_t i = 0; i < expr.children.size(); ++i) {
    if (i != child) rest.push_back(expr.children[i]);
  }
  return rest.size() == 1 ? rest.front() : make(expr, expr.op, std::move(rest));
}

bool is_variable(const Expr& expr, std::uint32_t slot) { return expr.op == Op::variable && expr.index == slot; }

// `member.field == …`: which members are meant at all.
bool is_guard(const Expr& expr, std::uint32_t slot) {
  return expr.op == Op::equal && expr.children[0]->op == Op::field && is_variable(*expr.children[0]->children[0], slot);
}

std::vector<ExprPtr> conjuncts(const ExprPtr& expr) {
  return expr->op == Op::conjunction ? expr->children : std::vector<ExprPtr>{expr};
}

ExprPtr field_of(const Law& law, std::uint32_t kind, std::uint32_t field, std::uint32_t slot, Span span) {
  auto object = std::make_shared<Expr>();
  object->op = Op::variable;
  object->type = {TypeTag::reference, false, kind};
  object->index = slot;
  object->span = span;
  auto read = std::make_shared<Expr>();
  read->op = Op::field;
  read->type = law.kinds[kind].fields[field].type;
  read->index = field;
  read->kind = kind;
  read->children = {object};
  read->span = span;
  return read;
}

ExprPtr first_of(const ExprPtr& interval) {
  auto first = std::make_shared<Expr>();
  first->op = Op::first;
  first->type = {TypeTag::u64, false, 0};
  first->children = {interval};
  first->span = interval->span;
  return first;
}

// `some a: K: C` as `all a: K: C`, where C's guards still say which a are meant.
ExprPtr for_all(const Expr& some) {
  std::vector<ExprPtr> guards;
  std::vector<ExprPtr> rest;
  for (const ExprPtr& part : conjuncts(some.children[0])) (is_guard(*part, some.index) ? guards : rest).push_back(part);
  if (rest.empty()) return nullptr;
  ExprPtr body = rest.size() == 1 ? rest[0] : make_boolean(some.span, Op::conjunction, rest);
  if (!guards.empty()) {
    ExprPtr guard = guards.size() == 1 ? guards[0] : make_boolean(some.span, Op::conjunction, guards);
    body = make_boolean(some.span, Op::implication, {guard, body});
  }
  return make(some, Op::all_objects, {body});
}

// `some a: K: C` read of the lowest or the highest K of its parent alone.
ExprPtr for_outermost(const Law& law, const Expr& some, bool lowest, std::uint32_t other) {
  const Kind& kind = law.kinds[some.kind];
  const Span span = some.span;
  const ExprPtr here = first_of(field_of(law, some.kind, *kind.key, some.index, span));
  const ExprPtr there = first_of(field_of(law, some.kind, *kind.key, other, span));
  const ExprPtr same_parent = make_boolean(
      span, Op::equal,
      {field_of(law, some.kind, *kind.parent, some.index, span), field_of(law, some.kind, *kind.parent, other, span)});
  const ExprPtr beyond =
      make_boolean(span, Op::less, lowest ? std::vector<ExprPtr>{there, here} : std::vector<ExprPtr>{here, there});
  auto exists = std::make_shared<Expr>(some);
  exists->index = other;
  exists->children = {make_boolean(span, Op::conjunction, {same_parent, beyond})};
  std::vector<ExprPtr> parts = conjuncts(some.children[0]);
  parts.push_back(make_boolean(span, Op::negation, {exists}));
  return make(some, Op::some_object, {make_boolean(span, Op::conjunction, parts)});
}

void own_variants(const Law& law, const ExprPtr& expr, std::uint32_t& slots, const ExprVariant& variant) {
  const auto text = [&](const ExprPtr& part) { return source_text(law, part->span); };
  const std::string whole = text(expr);
  switch (expr->op) {
    case Op::less:
      variant(make(*expr, Op::less_equal, expr->children), fmt::format("with `{}` also where both are equal", whole));
      break;
    case Op::less_equal:
      variant(make(*expr, Op::less, expr->children), fmt::format("with `{}` not where both ends are equal", whole));
      break;
    case Op::conjunction:
    case Op::disjunction:
      for (std::size_t i = 0; i < expr->children.size(); ++i) {
        // Parts that a word of the law stands for have its text: number them.
        variant(without(*expr, i),
                fmt::format("with `{}` without `{}` (part {})", whole, text(expr->children[i]), i + 1));
      }
      break;
    case Op::some_object:
      if (ExprPtr all = for_all(*expr)) variant(std::move(all), fmt::format("with `{}` read of all of them", whole));
      if (law.kinds[expr->kind].container == Container::interval_map) {
        const std::uint32_t other = slots++;
        variant(for_outermost(law, *expr, true, other), fmt::format("with `{}` read of the lowest alone", whole));
        variant(for_outermost(law, *expr, false, other), fmt::format("with `{}` read of the highest alone", whole));
      }
      break;
    case Op::conditional:
      variant(expr->children[1], fmt::format("with `{}` as if the condition always held", whole));
      variant(expr->children[2], fmt::format("with `{}` as if the condition never held", whole));
      break;
    case Op::add:
    case Op::subtract:
      variant(expr->children[0], fmt::format("with `{}` as its first part", whole));
      break;
    case Op::constant:
      if (expr->type.tag != TypeTag::pow2) break;
      for (std::uint32_t i = 0; i < law.constants.size(); ++i) {
        if (i == expr->index || law.constants[i].type.tag != TypeTag::pow2) continue;
        auto other = std::make_shared<Expr>(*expr);
        other->index = i;
        variant(other, fmt::format("with {} in the place of `{}`", law.constants[i].name, whole));
      }
      break;
    case Op::flags_contain:
    case Op::lives:
    case Op::is_some:
    case Op::aligned:
      variant(truth_literal(true, expr->span), fmt::format("with `{}` taken for true", whole));
      break;
    default:
      break;
  }
}

}  // namespace

ExprPtr truth_literal(bool value, Span span) {
  auto literal = std::make_shared<Expr>();
  literal->op = Op::literal;
  literal->type = kBoolean;
  literal->value = value ? 1 : 0;
  literal->span = span;
  return literal;
}

void each_variant(const Law& law, const ExprPtr& expr, std::uint32_t& slots, const ExprVariant& variant) {
  own_variants(law, expr, slots, variant);
  for (std::size_t i = 0; i < expr->children.size(); ++i) {
    each_variant(law, expr->children[i], slots, [&](ExprPtr changed, std::string what) {
      std::vector<ExprPtr> children = expr->children;
      children[i] = std::move(changed);
      variant(make(*expr, expr->op, std::move(children)), std::move(what));
    });
  }
}

}  // namespace iolaw
