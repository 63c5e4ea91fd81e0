// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/guards.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "checker/generate/formulas.hpp"
#include "checker/generate/inline_defs.hpp"

namespace iolaw {
namespace {

bool is_same(const Expr& a, const Expr& b) {
  return a.op == b.op && a.value == b.value && a.index == b.index && a.kind == b.kind &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return x == y || is_same(*x, *y); });
}

class Guards {
 public:
  // `value`: what the expression must be for the whole formula to hold, if that is known.
  void visit(const ExprPtr& expr, std::optional<bool> value) {
    switch (expr->op) {
      case Op::negation:
        return visit(expr->children[0], value ? std::optional(!*value) : std::nullopt);
      case Op::conjunction:
        return visit_parts(*expr, value, true);
      case Op::disjunction:
        return visit_parts(*expr, value, false);
      case Op::implication:
        if (value == false) {
          visit(expr->children[0], true);
          return visit(expr->children[1], false);
        }
        visit(expr->children[0], std::nullopt);
        return visit_where(expr->children[0], expr->children[1]);
      case Op::conditional:
        visit(expr->children[0], std::nullopt);
        visit_where(expr->children[0], expr->children[1]);
        return visit_where(negated(expr->children[0]), expr->children[2]);
      default:
        break;
    }
    note_read(*expr);
    const bool fresh = binds_slot(expr->op) && bound_.insert(expr->index).second;
    // One object or address shows that `some` holds, or that `all` does not.
    const bool some = expr->op == Op::some_object || expr->op == Op::some_address;
    const bool all = expr->op == Op::all_objects || expr->op == Op::all_addresses;
    const bool shown_by_one = (some && value == true) || (all && value == false);
    for (const ExprPtr& child : expr->children) visit(child, shown_by_one ? value : std::nullopt);
    if (fresh) bound_.erase(expr->index);
  }

  std::vector<ExprPtr> take() { return std::move(guards_); }

 private:
  struct Read {
    ExprPtr object;
    std::vector<ExprPtr> where;
  };

  // All are read if they must all be so; else those after one are read where it lets them be.
  void visit_parts(const Expr& expr, std::optional<bool> value, bool going_on) {
    if (value == going_on) {
      for (const ExprPtr& part : expr.children) visit(part, value);
      return;
    }
    const std::size_t before = where_.size();
    for (const ExprPtr& part : expr.children) {
      visit(part, std::nullopt);
      where_.push_back(going_on ? part : negated(part));
    }
    where_.resize(before);
  }

  void visit_where(const ExprPtr& condition, const ExprPtr& expr) {
    where_.push_back(condition);
    visit(expr, std::nullopt);
    where_.pop_back();
  }

  bool is_free(const Expr& expr) const {
    return std::none_of(bound_.begin(), bound_.end(), [&](std::uint32_t slot) { return reads_slot(expr, slot); });
  }

  void note_read(const Expr& expr) {
    const bool reads = expr.op == Op::field || expr.op == Op::at || expr.op == Op::slot || expr.op == Op::count;
    if (!reads) return;
    const ExprPtr& object = expr.children[0];
    if (object->type.tag != TypeTag::reference || !is_free(*object)) return;
    std::vector<ExprPtr> where;
    for (const ExprPtr& condition : where_) {
      if (is_free(*condition)) where.push_back(condition);
    }
    if (is_guarded(*object, where)) return;
    visit(object, std::nullopt);
    ExprPtr guard = formula_node(Op::lives, {object}, *object);
    if (!where.empty()) guard = formula_node(Op::implication, {both(where, *object), std::move(guard)}, *object);
    guards_.push_back(std::move(guard));
    reads_.push_back({object, std::move(where)});
  }

  // By one that asks for it wherever this does.
  bool is_guarded(const Expr& object, const std::vector<ExprPtr>& where) const {
    const auto is_among = [&](const ExprPtr& condition) {
      return std::any_of(where.begin(), where.end(), [&](const ExprPtr& one) { return is_same(*one, *condition); });
    };
    return std::any_of(reads_.begin(), reads_.end(), [&](const Read& read) {
      return is_same(*read.object, object) && std::all_of(read.where.begin(), read.where.end(), is_among);
    });
  }

  std::set<std::uint32_t> bound_;
  std::vector<ExprPtr> where_;  // what lets the expression at hand be read
  std::vector<Read> reads_;
  std::vector<ExprPtr> guards_;
};

}  // namespace

std::vector<ExprPtr> guards_of(const ExprPtr& formula) {
  Guards guards;
  guards.visit(formula, true);
  return guards.take();
}

}  // namespace iolaw
