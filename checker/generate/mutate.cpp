// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/mutate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checker/generate/mutate_expr.hpp"
#include "checker/generate/source_text.hpp"

namespace iolaw {
namespace {

void find_defs(const Law& law, const Expr& expr, std::set<std::uint32_t>& defs) {
  if (expr.op == Op::call && defs.insert(expr.index).second) find_defs(law, *law.defs[expr.index].body, defs);
  for (const ExprPtr& child : expr.children) find_defs(law, *child, defs);
}

// Every expression of a rule, with a way to reach it in a copy of the rule.
template <typename Visit>
void each_expr(Rule& rule, Visit visit) {
  const auto effects = [&](std::vector<Effect>& all) {
    for (Effect& effect : all) {
      if (effect.object) visit(effect.object);
      if (effect.where) visit(effect.where);
      for (FieldValue& value : effect.values) visit(value.value);
    }
  };
  const auto items = [&](std::vector<Item>& all) {
    for (Item& item : all) {
      if (item.expr) visit(item.expr);
    }
  };
  items(rule.items);
  for (Branch& branch : rule.branches) {
    if (!branch.unspecified && !branch.may) visit(branch.condition);
  }
  for (Each& each : rule.eaches) {
    if (each.where) visit(each.where);
    items(each.items);
    for (Tally& tally : each.tallies) visit(tally.summand);
    effects(each.effects);
  }
  effects(rule.effects);
  for (Result& result : rule.results) visit(result.value);
}

bool names_slot(const Expr& expr, std::uint32_t slot) {
  return (expr.op == Op::variable && expr.index == slot) ||
         std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return names_slot(*child, slot); });
}

bool names_slot(Rule rule, std::uint32_t slot) {
  bool named = false;
  each_expr(rule, [&](const ExprPtr& expr) { named = named || names_slot(*expr, slot); });
  return named;
}

class Maker {
 public:
  explicit Maker(const Law& law) : law_(law), bare_(law) {
    bare_.files.clear();
    bare_.properties.clear();
    for (Rule& rule : bare_.rules) rule = Rule{};
  }

  std::vector<Mutant> run() {
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (law_.rules[rule].probe) continue;
      drop_branches(rule);
      reorder_branches(rule);
      change_expressions(rule);
      change_loops(rule);
      drop_effects(rule);
    }
    change_defs();
    return std::move(mutants_);
  }

 private:
  Rule& add(std::uint32_t rule, std::string what) {
    mutants_.push_back({law_.rules[rule].name + ": " + std::move(what), {rule}, {}, bare_, false});
    return mutants_.back().law.rules[rule] = law_.rules[rule];
  }

  std::string text(const Branch& branch) const { return source_text(law_, branch.span); }

  void drop_branches(std::uint32_t index) {
    const Rule& rule = law_.rules[index];
    for (std::size_t i = 0; i < rule.branches.size(); ++i) {
      if (rule.branches[i].unspecified || rule.branches[i].may) continue;
      Branch& branch = add(index, fmt::format("`{}` never applies", text(rule.branches[i]))).branches[i];
      branch.condition = truth_literal(false, branch.span);
    }
  }

  // Each failure after each later one of another errno: a case of every two that can apply together.
  void reorder_branches(std::uint32_t index) {
    const Rule& rule = law_.rules[index];
    const auto is_failure = [](const Item& item) { return item.tag == Item::Tag::fails; };
    for (std::size_t i = 0; i < rule.items.size(); ++i) {
      for (std::size_t j = i + 1; j < rule.items.size(); ++j) {
        if (!is_failure(rule.items[i]) || !is_failure(rule.items[j])) continue;
        const Branch& earlier = rule.branches[rule.items[i].branch];
        const Branch& later = rule.branches[rule.items[j].branch];
        if (earlier.errors == later.errors) continue;
        std::vector<Item>& items = add(index, fmt::format("`{}` comes before `{}`", text(later), text(earlier))).items;
        std::rotate(items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    items.begin() + static_cast<std::ptrdiff_t>(j) + 1);
        mutants_.back().reordered = true;
      }
    }
  }

  void change_expressions(std::uint32_t index) {
    Rule original = law_.rules[index];
    std::size_t place = 0;
    each_expr(original, [&](const ExprPtr& expr) {
      std::uint32_t slots = original.slots;
      each_variant(law_, expr, slots, [&](ExprPtr changed, std::string what) {
        Rule& rule = add(index, std::move(what));
        std::size_t here = 0;
        each_expr(rule, [&](ExprPtr& target) {
          if (here++ == place) target = changed;
        });
        rule.slots = slots;
        rule.slot_names.resize(slots);
      });
      ++place;
    });
  }

  void change_loops(std::uint32_t index) {
    const Rule& rule = law_.rules[index];
    for (std::size_t i = 0; i < rule.eaches.size(); ++i) {
      if (!rule.eaches[i].order) continue;
      Each& each = add(index, "its loop goes from the highest to the lowest").eaches[i];
      auto zero = std::make_shared<Expr>(*each.order);
      zero->op = Op::literal;
      zero->value = 0;
      zero->children.clear();
      auto order = std::make_shared<Expr>(*each.order);
      order->op = Op::subtract;
      order->children = {zero, each.order};
      each.order = order;
    }
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      if (rule.branches[i].each) fail_before_loop(index, i);
    }
  }

  // A loop that looks at all pieces before it changes the first.
  void fail_before_loop(std::uint32_t index, std::uint32_t branch) {
    const Rule& rule = law_.rules[index];
    const Each& each = rule.eaches[*rule.branches[branch].each];
    const bool has_lets =
        std::any_of(each.items.begin(), each.items.end(), [](const Item& item) { return item.tag == Item::Tag::let; });
    if (has_lets) return;
    Rule& changed =
        add(index, fmt::format("`{}` is found before the loop changes anything", text(rule.branches[branch])));
    Branch early = rule.branches[branch];
    early.each.reset();
    auto body = std::make_shared<Expr>(*early.condition);
    body->op = Op::conjunction;
    body->children = {early.condition};
    if (each.where) body->children.insert(body->children.begin(), each.where);
    auto some = std::make_shared<Expr>(*early.condition);
    some->op = Op::some_object;
    some->index = each.slot;
    some->kind = each.kind;
    some->children = {body};
    early.condition = some;
    changed.branches.push_back(early);
    const auto loop = std::find_if(changed.items.begin(), changed.items.end(), [&](const Item& item) {
      return item.tag == Item::Tag::each && item.each == *rule.branches[branch].each;
    });
    Item item;
    item.tag = Item::Tag::fails;
    item.branch = static_cast<std::uint32_t>(changed.branches.size() - 1);
    item.span = loop->span;
    changed.items.insert(loop, item);
  }

  void drop_effects(std::uint32_t index) {
    const Rule& rule = law_.rules[index];
    const auto drop = [&](const std::vector<Effect>& effects, auto find) {
      for (std::size_t i = 0; i < effects.size(); ++i) {
        if (effects[i].tag == Effect::Tag::create && names_slot(rule, effects[i].slot)) continue;
        const std::string what = fmt::format("without `{}`", source_text(law_, effects[i].span));
        std::vector<Effect>& changed = find(add(index, what));
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      }
    };
    drop(rule.effects, [](Rule& changed) -> std::vector<Effect>& { return changed.effects; });
    for (std::size_t i = 0; i < rule.eaches.size(); ++i) {
      drop(rule.eaches[i].effects, [i](Rule& changed) -> std::vector<Effect>& { return changed.eaches[i].effects; });
    }
  }

  void change_defs() {
    std::vector<std::vector<std::uint32_t>> users(law_.defs.size());
    std::vector<std::vector<std::uint32_t>> probes(law_.defs.size());
    for (std::uint32_t index = 0; index < law_.rules.size(); ++index) {
      Rule rule = law_.rules[index];
      std::set<std::uint32_t> defs;
      each_expr(rule, [&](const ExprPtr& expr) { find_defs(law_, *expr, defs); });
      for (const std::uint32_t def : defs) (rule.probe ? probes : users)[def].push_back(index);
    }
    for (std::uint32_t index = 0; index < law_.defs.size(); ++index) {
      if (users[index].empty() || law_.defs[index].given) continue;  // a given function is a fact, nobody writes it
      std::uint32_t slots = law_.defs[index].slots;
      each_variant(law_, law_.defs[index].body, slots, [&](ExprPtr changed, std::string what) {
        mutants_.push_back(
            {"def " + law_.defs[index].name + ": " + std::move(what), users[index], probes[index], bare_, false});
        for (const auto* readers : {&users[index], &probes[index]}) {
          for (const std::uint32_t rule : *readers) mutants_.back().law.rules[rule] = law_.rules[rule];
        }
        mutants_.back().law.defs[index].body = std::move(changed);
        mutants_.back().law.defs[index].slots = slots;
      });
    }
  }

  const Law& law_;
  Law bare_;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::vector<Mutant> make_mutants(const Law& law) { return Maker(law).run(); }

}  // namespace iolaw
