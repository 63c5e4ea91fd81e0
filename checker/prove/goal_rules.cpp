// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/goal_rules.hpp"

#include <unordered_map>

namespace iolaw {
namespace {

using scope::Target;

constexpr std::uint32_t kManySlots = 200;

ExprPtr node(const Expr& like, Op op, std::vector<ExprPtr> children) {
  auto expr = std::make_shared<Expr>();
  expr->op = op;
  expr->type = {};
  expr->span = like.span;
  expr->children = std::move(children);
  return expr;
}

ExprPtr negate(const ExprPtr& expr) { return node(*expr, Op::negation, {expr}); }

// What must hold, part by part, for `expr` to be as `positive` says. A part may be read only where those before it
// hold.
std::vector<ExprPtr> parts_of(const ExprPtr& expr, bool positive) {
  std::vector<ExprPtr> parts;
  const auto add = [&](const ExprPtr& child, bool as) {
    for (ExprPtr& part : parts_of(child, as)) parts.push_back(std::move(part));
  };
  if (expr->op == Op::is_some && positive && expr->children[0]->op == Op::conditional) {
    const ExprPtr& choice = expr->children[0];
    const bool first = choice->children[2]->op == Op::none;
    if (first || choice->children[1]->op == Op::none) {
      add(choice->children[0], first);
      parts.push_back(node(*expr, Op::is_some, {choice->children[first ? 1 : 2]}));
      return parts;
    }
  }
  const bool exists = expr->op == (positive ? Op::some_object : Op::all_objects);
  if (expr->op == Op::negation) return parts_of(expr->children[0], !positive);
  if (expr->op == (positive ? Op::conjunction : Op::disjunction)) {
    for (const ExprPtr& child : expr->children) add(child, positive);
  } else if (expr->op == Op::implication && !positive) {
    add(expr->children[0], true);
    add(expr->children[1], false);
  } else if (exists) {
    // One object that meets the first part; one that meets the first two; and so on.
    std::vector<ExprPtr> met;
    for (const ExprPtr& part : parts_of(expr->children[0], positive)) {
      met.push_back(part);
      auto some = std::make_shared<Expr>(*expr);
      some->op = Op::some_object;
      some->children = {met.size() == 1 ? part : node(*part, Op::conjunction, met)};
      parts.push_back(some);
    }
  } else {
    parts.push_back(positive ? expr : negate(expr));
  }
  return parts;
}

ExprPtr substituted(const ExprPtr& expr, const std::unordered_map<std::uint32_t, ExprPtr>& values) {
  if (expr->op == Op::variable) {
    const auto value = values.find(expr->index);
    return value == values.end() ? expr : value->second;
  }
  std::vector<ExprPtr> children;
  for (const ExprPtr& child : expr->children) children.push_back(substituted(child, values));
  if (children == expr->children) return expr;
  auto changed = std::make_shared<Expr>(*expr);
  changed->children = std::move(children);
  return changed;
}

bool binds(Op op) {
  return op == Op::all_objects || op == Op::some_object || op == Op::count_objects || op == Op::all_addresses ||
         op == Op::some_address;
}

// The body of a def with `arguments` for its parameters; its other slots come after those of the rule.
ExprPtr body_with(const ExprPtr& expr, const std::vector<ExprPtr>& arguments, std::uint32_t offset) {
  if (expr->op == Op::variable && expr->index < arguments.size()) return arguments[expr->index];
  auto changed = std::make_shared<Expr>(*expr);
  if (expr->op == Op::variable || binds(expr->op)) changed->index += offset;
  for (ExprPtr& child : changed->children) child = body_with(child, arguments, offset);
  return changed;
}

class Builder {
 public:
  // `more` must hold besides, after a success.
  Builder(const Law& law, const Rule& rule, std::uint32_t branch, std::vector<ExprPtr> more = {})
      : law_(law), rule_(rule), branch_(branch), more_(std::move(more)), goal_(rule) {}

  Rule build() {
    goal_.items.clear();
    goal_.branches.clear();
    goal_.effects.clear();
    goal_.late.clear();
    goal_.results.clear();
    for (Each& each : goal_.eaches) each.effects.clear();
    const bool in_loop = branch_ != kSuccess && rule_.branches[branch_].each.has_value();
    for (const Item& item : rule_.items) {
      if (item.tag == Item::Tag::each) {
        if (in_loop && item.each == *rule_.branches[branch_].each) {
          require_piece(item);
          break;
        }
        add_loop(item);
      } else if (item.tag == Item::Tag::may_fail && item.branch != branch_) {
        continue;  // the call may go on, whether it applies or not
      } else if (item.tag != Item::Tag::let && item.tag != Item::Tag::choose) {
        const bool last = item.branch == branch_;
        for (const ExprPtr& part : parts_of(inlined(rule_.branches[item.branch].condition), last)) require(item, part);
        if (last) break;
      } else {
        goal_.items.push_back(item);
      }
    }
    for (const std::uint32_t branch : rule_.late) {
      const bool last = branch == branch_;
      if (branch_ != kSuccess && !rule_.branches[branch_].keeps) break;
      Item like;
      like.branch = branch;
      for (const ExprPtr& part : parts_of(inlined(rule_.branches[branch].condition), last)) require(like, part);
      if (last) break;
    }
    goal_.slot_names.resize(goal_.slots);
    for (const ExprPtr& part : more_) {
      Item item;
      item.tag = Item::Tag::fails;
      item.branch = add_branch({}, negate(part));
      goal_.items.push_back(std::move(item));
    }
    return std::move(goal_);
  }

 private:
  std::uint32_t add_branch(const Branch& like, ExprPtr condition) {
    Branch branch = like;
    branch.unspecified = branch.may = branch.keeps = false;
    branch.errors = {kSilent};
    branch.condition = std::move(condition);
    goal_.branches.push_back(std::move(branch));
    return static_cast<std::uint32_t>(goal_.branches.size() - 1);
  }

  void require(const Item& like, const ExprPtr& part) {
    Item item = like;
    item.tag = Item::Tag::fails;
    item.branch = add_branch(rule_.branches[like.branch], negate(part));
    goal_.items.push_back(std::move(item));
  }

  // Some piece for which the branch applies, as it would be if it came first.
  void require_piece(const Item& loop) {
    const Each& each = rule_.eaches[loop.each];
    std::unordered_map<std::uint32_t, ExprPtr> lets;
    std::vector<ExprPtr> met;
    if (each.where) met = parts_of(inlined(each.where), true);
    for (const Item& item : each.items) {
      if (item.tag == Item::Tag::let) {
        lets[item.slot] = substituted(item.expr, lets);
        continue;
      }
      const bool last = item.branch == branch_;
      const ExprPtr condition = inlined(substituted(rule_.branches[item.branch].condition, lets));
      for (ExprPtr& part : parts_of(condition, last)) met.push_back(std::move(part));
      if (last) break;
    }
    Item like = loop;
    like.branch = branch_;
    const Expr& shape = *rule_.branches[branch_].condition;
    for (std::size_t parts = 1; parts <= met.size(); ++parts) {
      auto some = std::make_shared<Expr>(
          *node(shape, Op::some_object,
                {node(shape, Op::conjunction, {met.begin(), met.begin() + static_cast<std::ptrdiff_t>(parts)})}));
      some->index = each.slot;
      some->kind = each.kind;
      require(like, some);
    }
  }

  void add_loop(const Item& loop) {
    for (Item& item : goal_.eaches[loop.each].items) {
      if (item.tag != Item::Tag::fails && item.tag != Item::Tag::unspecified) continue;
      const Branch& branch = rule_.branches[item.branch];
      item.tag = Item::Tag::fails;
      item.branch = add_branch(branch, branch.condition);
    }
    goal_.items.push_back(loop);
  }

  // Calls of defs give way to what they stand for, as long as that stays small.
  ExprPtr inlined(const ExprPtr& expr) {
    if (expr->op == Op::call && goal_.slots < kManySlots) {
      const Def& def = law_.defs[expr->index];
      const std::uint32_t offset = goal_.slots;
      goal_.slots += def.slots;
      return inlined(body_with(def.body, expr->children, offset));
    }
    auto changed = std::make_shared<Expr>(*expr);
    for (ExprPtr& child : changed->children) child = inlined(child);
    return changed;
  }

  const Law& law_;
  const Rule& rule_;
  std::uint32_t branch_;
  std::vector<ExprPtr> more_;
  Rule goal_;
};

// What makes the value true, or some; nothing if it always or never is, or nobody knows.
std::vector<ExprPtr> what_sets(const Effect& effect, const FieldValue& value) {
  const ExprPtr& expr = value.value;
  const auto is_kept = [&](const ExprPtr& other) {
    return effect.object && other->op == Op::field && other->index == value.field;
  };
  const bool flag = expr->type.tag == TypeTag::boolean;
  if (expr->op == Op::conditional) {
    const ExprPtr& condition = expr->children[0];
    const ExprPtr& a = expr->children[1];
    const ExprPtr& b = expr->children[2];
    const bool never_a = is_kept(a) || a->op == Op::none || (flag && a->op == Op::literal && a->value == 0);
    const bool never_b = is_kept(b) || b->op == Op::none || (flag && b->op == Op::literal && b->value == 0);
    if (never_a == never_b) return {};
    std::vector<ExprPtr> parts = parts_of(condition, never_b);
    if (!flag) return parts;
    for (ExprPtr& part : parts_of(never_a ? b : a, true)) parts.push_back(std::move(part));
    return parts;
  }
  if (!flag || expr->op == Op::literal || is_kept(expr)) return {};
  return parts_of(expr, true);
}

}  // namespace

void name_silence(Law& law) {
  const auto name = [](std::vector<Item>& items) {
    for (Item& item : items) {
      if (item.tag == Item::Tag::unspecified) item.tag = Item::Tag::fails;
    }
  };
  for (Rule& rule : law.rules) {
    for (Branch& branch : rule.branches) {
      if (!branch.unspecified) continue;
      branch.unspecified = false;
      branch.errors = {kSilent};
    }
    name(rule.items);
    for (Each& each : rule.eaches) name(each.items);
  }
}

GoalRules goal_rules(const Law& law, const std::vector<Target>& targets) {
  GoalRules result{law, {}};
  name_silence(result.law);
  const auto add = [&](std::uint32_t rule, std::optional<std::size_t> target, Rule goal) {
    result.goals.push_back({rule, static_cast<std::uint32_t>(result.law.rules.size()), target});
    result.law.rules.push_back(std::move(goal));
  };
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].tag != Target::Tag::outcome) continue;
    add(targets[i].rule, i, Builder(law, law.rules[targets[i].rule], targets[i].branch).build());
  }
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    if (law.rules[r].probe) continue;
    for (const Effect& effect : law.rules[r].effects) {
      if (effect.tag != Effect::Tag::create && effect.tag != Effect::Tag::update) continue;
      for (const FieldValue& value : effect.values) {
        std::vector<ExprPtr> parts = what_sets(effect, value);
        if (!parts.empty()) add(r, {}, Builder(law, law.rules[r], kSuccess, std::move(parts)).build());
      }
    }
  }
  return result;
}

}  // namespace iolaw
