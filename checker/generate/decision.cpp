// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/decision.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/generate/formulas.hpp"
#include "checker/generate/guards.hpp"
#include "checker/generate/number_range.hpp"
#include "checker/generate/source_text.hpp"
#include "model/law/same_text.hpp"

namespace iolaw {
namespace {

constexpr const char* kHolds = "holds alone";
constexpr const char* kFails = "alone does not hold";

// An integer of a comparison that is chosen by more conditions than these is left as it is.
constexpr std::size_t kMostChoices = 1;

// `the (if c then x else none)`: it has a value only where c holds, so that c decides nothing here. Such a choice is
// its value; null if the expression is none.
ExprPtr only_value(const Expr& expr) {
  if (expr.op != Op::the || expr.children[0]->op != Op::conditional) return nullptr;
  const Expr& choice = *expr.children[0];
  const bool first = choice.children[2]->op == Op::none;
  if (!first && choice.children[1]->op != Op::none) return nullptr;
  return choice.children[first ? 1 : 2];
}

ExprPtr without_absent_choices(const ExprPtr& expr) {
  if (const ExprPtr value = only_value(*expr)) {
    const bool stays_maybe = value->type.maybe;
    return without_absent_choices(stays_maybe ? with_child(*expr, 0, value) : value);
  }
  for (std::size_t i = 0; i < expr->children.size(); ++i) {
    ExprPtr child = without_absent_choices(expr->children[i]);
    if (child != expr->children[i]) return without_absent_choices(with_child(*expr, i, std::move(child)));
  }
  return expr;
}

// The first `if` inside an expression that is no truth value; nullptr if there is none.
ExprPtr find_choice(const ExprPtr& expr) {
  if (expr->op == Op::conditional) return expr;
  if (binds_slot(expr->op)) return nullptr;
  for (const ExprPtr& child : expr->children) {
    if (ExprPtr found = find_choice(child)) return found;
  }
  return nullptr;
}

std::size_t count_choices(const Expr& expr) {
  std::size_t count = expr.op == Op::conditional ? 1 : 0;
  for (const ExprPtr& child : expr.children) count += count_choices(*child);
  return count;
}

// With another part in the place of one.
ExprPtr with_part(const ExprPtr& expr, const ExprPtr& part, const ExprPtr& other) {
  if (expr == part) return other;
  ExprPtr result = expr;
  for (std::size_t i = 0; i < expr->children.size(); ++i) {
    ExprPtr child = with_part(expr->children[i], part, other);
    if (child != expr->children[i]) result = with_child(*result, i, std::move(child));
  }
  return result;
}

// What a quantifier binds, by this slot.
ExprPtr bound_by(const Expr& quantifier, std::uint32_t slot) {
  const bool address = quantifier.op == Op::some_address || quantifier.op == Op::all_addresses;
  auto variable = std::make_shared<Expr>();
  variable->op = Op::variable;
  variable->type = address ? Type{TypeTag::u64, false, 0} : Type{TypeTag::reference, false, quantifier.kind};
  variable->index = slot;
  variable->span = quantifier.span;
  return variable;
}

// A quantifier over the same objects or addresses.
ExprPtr quantified(const Expr& like, Op op, std::uint32_t slot, ExprPtr body) {
  auto made = std::make_shared<Expr>(like);
  made->op = op;
  made->index = slot;
  made->children.back() = std::move(body);
  return made;
}

}  // namespace

std::string Decision::text(const Expr& expr) const { return source_text(law_, expr.span); }

void Decision::add_later_piece(const Each& each, const ExprPtr& where, const ExprPtr& condition) {
  const ExprPtr order = inlining_.written_out(each.order);
  if (!order) return;
  const std::uint32_t other = inlining_.fresh_slot();
  std::vector<ExprPtr> first{renamed(negated(condition), each.slot, other),
                             formula_node(Op::less, {renamed(order, each.slot, other), order}, *condition)};
  std::vector<ExprPtr> second{condition};
  if (where) first.insert(first.begin(), renamed(where, each.slot, other));
  if (where) second.insert(second.begin(), where);
  second.push_back(some_object(other, each.kind, both(std::move(first), *condition), *condition));
  add_goal(Sort::condition, "applies to a later piece", When::ends,
           some_object(each.slot, each.kind, both(std::move(second), *condition), *condition));
}

void Decision::add_goal(Sort kind, std::string what, When when, const ExprPtr& formula) {
  if (success_) {
    when = When::ends;
  } else if (!ends_ && when != When::passes) {
    return;
  }
  std::vector<ExprPtr> parts = guards_of(formula);
  parts.push_back(formula);
  DecisionGoal goal;
  goal.kind = kind;
  goal.id = branch_id(law_.rules[rule_], branch_) + ": " + std::move(what);
  goal.rule = rule_;
  goal.branch = branch_;
  goal.when = when;
  goal.formula = both(std::move(parts), *formula);
  goal.part = part_;
  goal.late = branch_ == kSuccess;
  goals_.push_back(std::move(goal));
}

void Decision::visit(const ExprPtr& expr, const Wrap& wrap, bool positive) {
  switch (expr->op) {
    case Op::literal:
      return;
    case Op::negation:
      // `x is none` is the negation of `x is some`, and has its text.
      if (same_text(expr->span, expr->children[0]->span)) opposites_.insert(expr->children[0]);
      return visit(expr->children[0], wrap, !positive);
    case Op::conjunction:
    case Op::disjunction: {
      const bool conjunction = expr->op == Op::conjunction;
      for (std::size_t i = 0; i < expr->children.size(); ++i) {
        visit(
            expr->children[i],
            [&, i](ExprPtr here) {
              // In the order of the text: a part may be read only where those before it allow it.
              std::vector<ExprPtr> parts;
              for (std::size_t j = 0; j < expr->children.size(); ++j) {
                parts.push_back(j == i ? here : conjunction ? expr->children[j] : negated(expr->children[j]));
              }
              return wrap(both(std::move(parts), *expr));
            },
            positive);
      }
      return;
    }
    case Op::implication:
      visit(
          expr->children[0],
          [&](ExprPtr here) {
            return wrap(both({std::move(here), negated(expr->children[1])}, *expr));
          },
          !positive);
      visit(
          expr->children[1],
          [&](ExprPtr here) {
            return wrap(both({expr->children[0], std::move(here)}, *expr));
          },
          positive);
      return;
    case Op::conditional: {
      const ExprPtr& condition = expr->children[0];
      const ExprPtr& a = expr->children[1];
      const ExprPtr& b = expr->children[2];
      visit(
          condition,
          [&](ExprPtr here) {
            return wrap(both({std::move(here), a, negated(b)}, *expr));
          },
          positive);
      visit(
          condition,
          [&](ExprPtr here) {
            return wrap(both({std::move(here), negated(a), b}, *expr));
          },
          !positive);
      visit(
          a,
          [&](ExprPtr here) {
            return wrap(both({condition, std::move(here)}, *expr));
          },
          positive);
      visit(
          b,
          [&](ExprPtr here) {
            return wrap(both({negated(condition), std::move(here)}, *expr));
          },
          positive);
      return;
    }
    case Op::some_object:
    case Op::all_objects:
    case Op::some_address:
    case Op::all_addresses: {
      const bool address = expr->op == Op::some_address || expr->op == Op::all_addresses;
      if (!address) look_at_all(expr, wrap, positive);
      const Sought sought{expr, wrap, positive};
      const Sought* outer = sought_;
      if (expr->op == Op::some_address && outer == nullptr) sought_ = &sought;
      visit(
          expr->children.back(),
          [&](ExprPtr here) {
            // One object for which it holds, or does not, settles what is said of some, or of all.
            const bool settles = (applies_ == positive) == (expr->op == Op::some_object);
            if (!address && settles) here = both({std::move(here), others(*expr)}, *expr);
            if (miss_ != Miss::none && sought_->some == expr) {
              here = both({std::move(here), found_beside(*expr)}, *expr);
              applies_ = positive;
            }
            return wrap(quantified(*expr, address ? Op::some_address : Op::some_object, expr->index, std::move(here)));
          },
          positive);
      sought_ = outer;
      return;
    }
    default:
      if (sought_ != nullptr) add_sought(expr, positive);
      return visit_atom(expr, wrap, positive);
  }
}

ExprPtr Decision::wrapped(const Wrap& wrap, bool value, bool positive, ExprPtr here) {
  applies_ = value == positive;
  return wrap(std::move(here));
}

void Decision::look_at_all(const ExprPtr& all, const Wrap& wrap, bool positive) {
  const Expr& expr = *all;
  part_ = inlining_.origin(all);
  const bool some = expr.op == Op::some_object;
  const ExprPtr& body = expr.children.back();
  std::vector<ExprPtr> guards;
  std::vector<ExprPtr> rest;
  split_guards(body, some, expr.index, guards, rest);
  if (rest.empty()) return;
  const ExprPtr decides = some ? body : negated(body);
  const std::uint32_t other = inlining_.fresh_slot();
  std::vector<ExprPtr> parts;
  for (const ExprPtr& guard : guards) parts.push_back(renamed(guard, expr.index, other));
  const ExprPtr rest_holds = both(rest, expr);
  parts.push_back(renamed(some ? negated(rest_holds) : rest_holds, expr.index, other));
  for (const bool before : {true, false}) {
    std::vector<ExprPtr> inside = parts;
    inside.push_back(ordered(expr, before ? other : expr.index, before ? expr.index : other));
    const ExprPtr another = quantified(expr, Op::some_object, other, both(std::move(inside), expr));
    const ExprPtr whole = quantified(expr, Op::some_object, expr.index, both({decides, another}, expr));
    add_goal(Sort::condition,
             fmt::format("`{}` where one {} another decides", text(expr), before ? "behind" : "before"),
             when(some, positive), wrapped(wrap, some, positive, whole));
  }
}

void Decision::split_guards(const ExprPtr& body, bool some, std::uint32_t slot, std::vector<ExprPtr>& guards,
                            std::vector<ExprPtr>& rest) {
  const auto is_guard = [&](const ExprPtr& part) {
    return part->op == Op::equal && part->children[0]->op == Op::field &&
           part->children[0]->children[0]->op == Op::variable && part->children[0]->children[0]->index == slot;
  };
  if (some && body->op == Op::conjunction) {
    for (const ExprPtr& part : body->children) (is_guard(part) ? guards : rest).push_back(part);
  } else if (!some && body->op == Op::implication) {
    guards.push_back(body->children[0]);
    rest.push_back(body->children[1]);
  } else {
    rest.push_back(body);
  }
}

ExprPtr Decision::ordered(const Expr& like, std::uint32_t low, std::uint32_t high) const {
  const struct Kind& kind = law_.kinds[like.kind];
  const auto first = [&](std::uint32_t slot) {
    auto field = std::make_shared<Expr>();
    field->op = Op::field;
    field->type = kind.fields[*kind.key].type;
    field->index = *kind.key;
    field->kind = like.kind;
    field->children = {bound_by(like, slot)};
    field->span = like.span;
    return formula_node(Op::first, {field}, like, {TypeTag::u64, false, 0});
  };
  if (kind.container == Container::interval_map) return formula_node(Op::less, {first(low), first(high)}, like);
  return negated(formula_node(Op::equal, {bound_by(like, low), bound_by(like, high)}, like));
}

void Decision::add_sought(const ExprPtr& atom, bool positive) {
  const Sought& sought = *sought_;
  const bool holds = positive == sought.positive;  // where an address is found
  const ExprPtr otherwise = with_part(sought.some, atom, truth(!holds, *atom));
  if (otherwise == sought.some) return;  // one of two ways to read a part
  part_ = nullptr;
  add_goal(Sort::condition,
           fmt::format("an address is found only where `{}` {}", text(*atom),
                       holds != is_opposite(atom) ? "holds" : "does not hold"),
           when(true, sought.positive),
           wrapped(sought.wrap, true, sought.positive, both({sought.some, negated(otherwise)}, *atom)));
}

ExprPtr Decision::others(const Expr& quantifier) {
  const bool all = quantifier.op == Op::all_objects;
  const std::uint32_t other = inlining_.fresh_slot();
  const ExprPtr body = renamed(quantifier.children.back(), quantifier.index, other);
  const ExprPtr same =
      formula_node(Op::equal, {bound_by(quantifier, other), bound_by(quantifier, quantifier.index)}, quantifier);
  return quantified(quantifier, Op::all_objects, other,
                    formula_node(Op::disjunction, {same, all ? body : negated(body)}, quantifier));
}

ExprPtr Decision::found_beside(const Expr& some) {
  const std::uint32_t other = inlining_.fresh_slot();
  const ExprPtr body = renamed(some.children.back(), some.index, other);
  const auto found = [&](bool higher) {
    const ExprPtr low = bound_by(some, higher ? some.index : other);
    const ExprPtr high = bound_by(some, higher ? other : some.index);
    return quantified(some, some.op, other, both({formula_node(Op::less, {low, high}, some), body}, some));
  };
  const bool higher = miss_ == Miss::only_higher;
  return both({found(higher), negated(found(!higher))}, some);
}

void Decision::visit_atom(const ExprPtr& atom, const Wrap& wrap, bool positive) {
  const ExprPtr valued = without_absent_choices(atom);
  const bool opposite = is_opposite(atom);
  if (valued != atom) {
    if (opposite) opposites_.insert(valued);
    return visit_atom(valued, wrap, positive);
  }
  const ExprPtr choice = find_choice(atom);
  if (choice != nullptr && count_choices(*atom) <= kMostChoices) {
    // Either comparison, and that the other one would have another value.
    const ExprPtr first = with_part(atom, choice, choice->children[1]);
    const ExprPtr second = with_part(atom, choice, choice->children[2]);
    if (opposite) opposites_.insert({first, second});
    visit(formula_node(Op::conditional, {choice->children[0], first, second}, *atom), wrap, positive);
    return;
  }
  const std::string name = text(*atom);
  part_ = inlining_.origin(atom);
  const std::optional<bool> value = detail_ == DecisionDetail::each_part ? settled(law_, *atom) : std::nullopt;
  if (value != false) {
    add_goal(Sort::condition, fmt::format("`{}` {}", name, opposite ? kFails : kHolds), when(true, positive),
             wrapped(wrap, true, positive, atom));
  }
  if (value != true) {
    add_goal(Sort::condition, fmt::format("`{}` {}", name, opposite ? kHolds : kFails), when(false, positive),
             wrapped(wrap, false, positive, negated(atom)));
  }
  add_boundaries(atom, name, wrap, positive);
}

void Decision::add_boundary(const std::string& what, const Boundary& boundary, const ExprPtr& atom, const Wrap& wrap,
                            bool positive) {
  // No number is below zero, or past the end of its type.
  if (detail_ == DecisionDetail::each_part && settled(law_, *boundary.numbers) == false) return;
  const bool value = boundary.value;
  const auto formula = [&] {
    return wrapped(wrap, value, positive, both({value ? atom : negated(atom), boundary.numbers}, *atom));
  };
  add_goal(Sort::boundary, what, when(value, positive), formula());
  if (sought_ == nullptr || !boundary.closest || !reads_slot(*atom, sought_->some->index)) return;
  if (value == (positive == sought_->positive)) return;  // this would do
  for (const Miss miss : {Miss::only_higher, Miss::only_lower}) {
    miss_ = miss;
    const char* side = miss == Miss::only_higher ? "higher" : "lower";
    add_goal(Sort::boundary, fmt::format("{}, and only a {} address is found", what, side),
             when(true, sought_->positive), formula());
  }
  miss_ = Miss::none;
}

void Decision::add_boundaries(const ExprPtr& atom, const std::string& name, const Wrap& wrap, bool positive) {
  const auto add_one = [&](std::string_view what, const Boundary& boundary) {
    add_boundary(fmt::format("`{}` {}", name, what), boundary, atom, wrap, positive);
  };
  const auto add = [&](std::string_view what, bool value, ExprPtr numbers) {
    add_one(what, {std::move(numbers), value, true});
  };
  const auto add_farther = [&](std::string_view what, bool value, ExprPtr numbers) {
    add_one(what, {std::move(numbers), value, false});
  };
  if (atom->op == Op::overflows) {
    const ExprPtr& sum = atom->children[0];
    const ExprPtr most = integer(~Word{0}, *atom);
    add("at the last address", false, equal_to(sum, most));
    add("one beyond the last address", true, equal_to(sum, plus(most, 1)));
    return;
  }
  if (atom->children.size() != 2) return;
  const ExprPtr& a = atom->children[0];
  const ExprPtr& b = atom->children[1];
  const auto plain = [](const ExprPtr& e) { return e->type.is_integer() && !e->type.maybe; };
  if (!plain(a) || !plain(b)) return;
  switch (atom->op) {
    case Op::less:
      add("just holds", true, equal_to(plus(a, 1), b));
      add("where both are equal", false, equal_to(a, b));
      add_farther("one beyond", false, equal_to(a, plus(b, 1)));
      break;
    case Op::less_equal:
      add_farther("with room of one", true, equal_to(plus(a, 1), b));
      add("where both are equal", true, equal_to(a, b));
      add("just fails", false, equal_to(a, plus(b, 1)));
      break;
    case Op::equal: {
      add("one too low", false, equal_to(plus(a, 1), b));
      add("one too high", false, equal_to(a, plus(b, 1)));
      const auto fixed = [](const ExprPtr& e) { return e->op == Op::literal || e->op == Op::constant; };
      if (fixed(a) || fixed(b)) break;
      add_farther("at zero", true, equal_to(a, integer(0, *a)));
      add_farther("at one", true, equal_to(a, integer(1, *a)));
      add_farther("at the greatest number", true, equal_to(a, integer(~Word{0}, *a)));
      // Numbers that look the same where the upper bits are lost.
      add_farther("apart by 2^16", false, equal_to(a, plus(b, Word{1} << 16)));
      add_farther("apart by 2^32", false, equal_to(a, plus(b, Word{1} << 32)));
      break;
    }
    default:
      break;
  }
}

}  // namespace iolaw
