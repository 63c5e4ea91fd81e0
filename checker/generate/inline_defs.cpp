// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/inline_defs.hpp"

#include <algorithm>

namespace iolaw {
namespace {

constexpr std::uint64_t kMostNodes = 4'000;

}  // namespace

bool binds_slot(Op op) {
  return op == Op::all_objects || op == Op::some_object || op == Op::count_objects || op == Op::all_addresses ||
         op == Op::some_address;
}

bool reads_slot(const Expr& expr, std::uint32_t slot) {
  return (expr.op == Op::variable && expr.index == slot) ||
         std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return reads_slot(*child, slot); });
}

ExprPtr InlineDefs::written_out(const ExprPtr& expr) {
  nodes_ = 0;
  Values values = values_;
  ExprPtr result = replaced(expr, values, 0);
  return nodes_ > kMostNodes ? nullptr : result;
}

ExprPtr InlineDefs::replaced(const ExprPtr& expr, Values& values, std::uint32_t depth) {
  if (++nodes_ > kMostNodes) return expr;
  if (expr->op == Op::variable) {
    const auto value = values.find(expr->index);
    return value == values.end() ? expr : value->second;
  }
  if (expr->op == Op::call && !law_.defs[expr->index].given) {
    Values inside;
    for (std::uint32_t i = 0; i < expr->children.size(); ++i) {
      inside[i] = replaced(expr->children[i], values, depth);
    }
    return replaced(law_.defs[expr->index].body, inside, depth + 1);
  }
  auto changed = std::make_shared<Expr>(*expr);
  origins_[changed] = expr.get();
  if (binds_slot(expr->op)) {
    // A slot of its own: a def may be written out twice, one inside the other.
    changed->index = slots_++;
    auto bound = std::make_shared<Expr>();
    bound->op = Op::variable;
    bound->index = changed->index;
    bound->span = expr->span;
    const bool address = expr->op == Op::all_addresses || expr->op == Op::some_address;
    bound->type = address ? Type{TypeTag::u64, false, 0} : Type{TypeTag::reference, false, expr->kind};
    // The range of addresses is read outside.
    for (std::size_t i = 0; i + 1 < changed->children.size(); ++i) {
      changed->children[i] = replaced(changed->children[i], values, depth);
    }
    Values inside = values;
    inside[expr->index] = bound;
    changed->children.back() = replaced(changed->children.back(), inside, depth);
    return changed;
  }
  for (ExprPtr& child : changed->children) child = replaced(child, values, depth);
  // The ends of an interval that is written out are what it was made of.
  if ((expr->op == Op::first || expr->op == Op::last) && changed->children[0]->op == Op::interval) {
    return changed->children[0]->children[expr->op == Op::first ? 0 : 1];
  }
  return changed;
}

}  // namespace iolaw
