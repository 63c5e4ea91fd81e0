// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/slips.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/generate/slip_kinds.hpp"
#include "checker/generate/state_edit.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {
namespace {

class Finder {
 public:
  Finder(const Law& law, const CallMade& made) : law_(law), made_(made) {}

  std::vector<Slip> run() {
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      if (law_.kinds[kind].shared) continue;  // it lives and ends with its holders
      look_at(kind);
    }
    return std::move(slips_);
  }

 private:
  void look_at(std::uint32_t kind) {
    const State& before = made_.before;
    const State& after = made_.after;
    if (before.words(kind) == after.words(kind)) return;
    std::vector<Word> gone;
    std::vector<Word> made;
    std::vector<Word> kept;
    for (Word object = 0; object < std::max(before.slots(kind), after.slots(kind)); ++object) {
      const bool lived = before.lives(kind, object);
      const bool lives = after.lives(kind, object);
      if (lived && !lives) gone.push_back(object);
      if (!lived && lives) made.push_back(object);
      if (lived && lives) kept.push_back(object);
    }
    const std::string& name = law_.kinds[kind].name;
    const bool several = gone.size() > 1;
    if (!gone.empty()) add_restored(kind, gone.front(), several ? "the first " + name : "a " + name);
    if (several) {
      const bool elsewhere = parent_of(before, kind, gone.front()) != parent_of(before, kind, gone.back());
      add_restored(kind, gone.back(), fmt::format("the last {}{}", name, elsewhere ? " elsewhere" : ""));
    }
    if (!gone.empty() && !kept.empty()) add_removed(kind, kept, fmt::format("another {} goes", name));
    if (!made.empty()) add_removed(kind, {made.front()}, fmt::format("no {} is made", name));
    if (made.size() > 1) add_removed(kind, {made.back()}, fmt::format("the last {} is not made", name));
    for (const Word object : kept) add_fields(kind, object);
  }

  Word parent_of(const State& state, std::uint32_t kind, Word object) const {
    const std::optional<std::uint32_t> parent = law_.kinds[kind].parent;
    return parent ? *state.field(kind, object, *parent) : kNone;
  }

  void add_restored(std::uint32_t kind, Word object, const std::string& what) {
    Slip& slip = add(what + " stays", kind);
    restore_object(law_, made_.before, slip.after, kind, object);
  }

  // The first of the objects to which nobody refers.
  void add_removed(std::uint32_t kind, const std::vector<Word>& objects, const std::string& what) {
    for (const Word object : objects) {
      if (is_referred_to(law_, made_.after, kind, object)) continue;
      remove_object(law_, add(what, kind).after, kind, object);
      return;
    }
  }

  void add_fields(std::uint32_t kind, Word object) {
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      const std::uint32_t words = words_of(type);
      const Word* old = made_.before.field(kind, object, field);
      if (std::equal(old, old + words, made_.after.field(kind, object, field))) continue;
      if (type.tag == TypeTag::reference && *old != kNone && !made_.after.lives(type.id, *old)) continue;
      Slip& slip = add(fmt::format("{}.{} stays", law_.kinds[kind].name, fields[field].name), kind);
      std::copy_n(old, words, slip.after.field(kind, object, field));
    }
  }

  Slip& add(const std::string& what, std::uint32_t kind) {
    const std::string id = branch_id(law_.rules[made_.call.rule], made_.branch);
    slips_.push_back({fmt::format("{}, but {}", id, what), made_.after, {kind}});
    return slips_.back();
  }

  const Law& law_;
  const CallMade& made_;
  std::vector<Slip> slips_;
};

constexpr std::uint32_t kNoLine = ~0U;

// The rule where nothing fails.
Rule without_failures(const Rule& rule) {
  Rule eager = rule;
  const auto is_failure = [](const Item& item) {
    return item.tag != Item::Tag::let && item.tag != Item::Tag::each && item.tag != Item::Tag::choose;
  };
  std::erase_if(eager.items, is_failure);
  for (Each& each : eager.eaches) std::erase_if(each.items, is_failure);
  eager.late.clear();
  eager.results.clear();
  return eager;
}

// `expr` with another slot in the place of one.
ExprPtr with_slot(const ExprPtr& expr, std::uint32_t slot, std::uint32_t other) {
  auto changed = std::make_shared<Expr>(*expr);
  if (expr->op == Op::variable && expr->index == slot) changed->index = other;
  for (ExprPtr& child : changed->children) child = with_slot(child, slot, other);
  return changed;
}

ExprPtr truth_of(Op op, std::vector<ExprPtr> children) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->span = children.front()->span;
  made->children = std::move(children);
  return made;
}

ExprPtr some_of(const Each& each, std::uint32_t slot, ExprPtr body) {
  ExprPtr some = truth_of(Op::some_object, {std::move(body)});
  auto made = std::make_shared<Expr>(*some);
  made->index = slot;
  made->kind = each.kind;
  return made;
}

// A rule that fails where the line applies to a piece, and not to one before it.
Rule later_piece(const Rule& rule, const Each& each, const Branch& line) {
  Rule asked = without_failures(rule);
  asked.effects.clear();
  const std::uint32_t earlier = asked.slots++;
  asked.slot_names.resize(asked.slots);
  const auto all = [](std::vector<ExprPtr> parts) { return truth_of(Op::conjunction, std::move(parts)); };
  std::vector<ExprPtr> first;
  std::vector<ExprPtr> second;
  if (each.where) first = {with_slot(each.where, each.slot, earlier)};
  if (each.where) second = {each.where};
  first.push_back(truth_of(Op::negation, {with_slot(line.condition, each.slot, earlier)}));
  first.push_back(truth_of(Op::less, {with_slot(each.order, each.slot, earlier), each.order}));
  second.push_back(line.condition);
  second.push_back(some_of(each, earlier, all(std::move(first))));
  Branch branch = line;
  branch.each.reset();
  branch.condition = some_of(each, each.slot, all(std::move(second)));
  asked.branches = {branch};
  Item item;
  item.tag = Item::Tag::fails;
  item.span = line.span;
  std::erase_if(asked.items, [](const Item& one) { return one.tag != Item::Tag::let; });
  asked.items.push_back(item);
  return asked;
}

bool has_lets(const Each& each) {
  return std::any_of(each.items.begin(), each.items.end(), [](const Item& item) { return item.tag == Item::Tag::let; });
}

Law eager_law(const Law& law, std::vector<std::vector<std::uint32_t>>& later) {
  Law eager = law;
  eager.properties.clear();
  for (Rule& rule : eager.rules) rule = without_failures(rule);
  for (const Rule& rule : law.rules) {
    std::vector<std::uint32_t>& lines = later.emplace_back(rule.branches.size(), kNoLine);
    for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
      const Branch& line = rule.branches[branch];
      if (!line.each || has_lets(rule.eaches[*line.each])) continue;
      lines[branch] = static_cast<std::uint32_t>(eager.rules.size());
      eager.rules.push_back(later_piece(rule, rule.eaches[*line.each], line));
    }
  }
  return eager;
}

}  // namespace

Slips::Slips(const Law& law) : law_(law), eager_(eager_law(law, later_)), model_(law), eager_model_(eager_) {}

std::vector<Slip> Slips::of(const CallMade& made) {
  std::vector<Slip> slips = Finder(law_, made).run();
  const auto also = [&](std::vector<Slip> more) {
    for (Slip& slip : more) {
      if (!(slip.after == made.after)) slips.push_back(std::move(slip));
    }
  };
  also(value_slips(model_, made));
  also(part_slips(law_, made));
  also(stray_slips(model_, made));
  if (made.branch == kSuccess || chooses_number(law_.rules[made.call.rule])) return slips;
  Slip slip{branch_id(law_.rules[made.call.rule], made.branch), made.before, {}};
  Outcome outcome;
  try {
    const std::uint32_t later = later_[made.call.rule][made.branch];
    if (later != kNoLine && eager_model_.step(slip.after, Call{later, made.call.arguments}, outcome) != kSuccess) {
      slip.name += " at a later piece";
    }
    if (!eager_model_.step(slip.after, made.call, outcome)) return slips;
  } catch (const std::exception&) {
    return slips;  // what it refused cannot be done
  }
  if (slip.after == made.after) return slips;
  also(refused_slips(law_, made, slip.after));
  if (has_dangling(law_, slip.after)) return slips;
  slip.name += ", but it did what it refused:";
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    if (slip.after.words(kind) == made.after.words(kind)) continue;
    slip.kinds.push_back(kind);
    const std::uint32_t now = slip.after.population(kind);
    const std::uint32_t due = made.after.population(kind);
    slip.name += fmt::format(" {} {},", now > due ? "more" : now < due ? "less" : "other", law_.kinds[kind].name);
  }
  slip.name.pop_back();
  slip.tellers = Tellers::some;
  slips.push_back(std::move(slip));
  return slips;
}

}  // namespace iolaw
