// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/first_change.hpp"

#include <algorithm>
#include <set>

namespace iolaw {
namespace {

// Whether parts of two rules read the same. Expressions are shared by a law and its mutants: what is not changed is one
// object.
class Compare {
 public:
  Compare(const Law& law, const Law& mutant) : law_(law), mutant_(mutant) {}

  bool differ(const ExprPtr& a, const ExprPtr& b) { return a != b || (a && reads_change(*a)); }

  bool differ(const std::vector<Effect>& a, const std::vector<Effect>& b) {
    return !std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Effect& x, const Effect& y) {
      return x.tag == y.tag && x.slot == y.slot && x.kind == y.kind && !differ(x.object, y.object) &&
             !differ(x.where, y.where) &&
             std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                        [&](const FieldValue& v, const FieldValue& w) {
                          return v.field == w.field && !differ(v.value, w.value);
                        });
    });
  }

  bool differ(const std::vector<Result>& a, const std::vector<Result>& b) {
    return !std::equal(a.begin(), a.end(), b.begin(), b.end(),
                       [&](const Result& x, const Result& y) { return !differ(x.value, y.value); });
  }

  bool differ(const Branch& a, const Branch& b) {
    return a.errors != b.errors || a.unspecified != b.unspecified || a.may != b.may || a.each != b.each ||
           differ(a.condition, b.condition);
  }

  bool late_differs(const Rule& a, const Rule& b) {
    return !std::equal(a.late.begin(), a.late.end(), b.late.begin(), b.late.end(),
                       [&](std::uint32_t x, std::uint32_t y) { return !differ(a.branches[x], b.branches[y]); });
  }

  // What a changed let is used for differs, not the let.
  bool differ(const Rule& a, const Item& x, const Rule& b, const Item& y) {
    if (x.tag != y.tag || x.slot != y.slot || x.branch != y.branch || x.each != y.each) return true;
    switch (x.tag) {
      case Item::Tag::let:
        if (differ(x.expr, y.expr)) slots_.insert(x.slot);
        return false;
      case Item::Tag::choose:
        return differ(x.expr, y.expr);
      case Item::Tag::each:
        return differ(a, a.eaches[x.each], b, b.eaches[y.each]);
      default:
        return differ(a.branches[x.branch], b.branches[y.branch]);
    }
  }

 private:
  bool differ(const Rule& a, const Each& x, const Rule& b, const Each& y) {
    bool changed = x.items.size() != y.items.size() || x.tallies.size() != y.tallies.size() ||
                   differ(x.where, y.where) || differ(x.order, y.order);
    for (std::size_t i = 0; i < x.items.size() && !changed; ++i) changed = differ(a, x.items[i], b, y.items[i]);
    for (std::size_t i = 0; i < x.tallies.size() && !changed; ++i)
      changed = differ(x.tallies[i].summand, y.tallies[i].summand);
    return changed || differ(x.effects, y.effects);
  }

  bool reads_change(const Expr& expr) {
    if (expr.op == Op::variable && slots_.contains(expr.index)) return true;
    if (expr.op == Op::call && def_changed(expr.index)) return true;
    return std::any_of(expr.children.begin(), expr.children.end(),
                       [&](const ExprPtr& child) { return reads_change(*child); });
  }

  // A def's own slots are not the rule's.
  bool def_changed(std::uint32_t def) {
    if (law_.defs[def].body != mutant_.defs[def].body) return true;
    std::vector<const Expr*> open{law_.defs[def].body.get()};
    while (!open.empty()) {
      const Expr& expr = *open.back();
      open.pop_back();
      if (expr.op == Op::call && def_changed(expr.index)) return true;
      for (const ExprPtr& child : expr.children) open.push_back(child.get());
    }
    return false;
  }

  const Law& law_;
  const Law& mutant_;
  std::set<std::uint32_t> slots_;  // of lets that differ
};

}  // namespace

FirstChange::FirstChange(const Law& law, const Mutant& mutant, std::uint32_t rule) {
  const Rule& original = law.rules[rule];
  items_ = static_cast<std::uint32_t>(original.items.size());
  positions_.assign(original.branches.size(), items_);  // what is decided last stays there
  for (std::uint32_t item = 0; item < items_; ++item) {
    const Item& one = original.items[item];
    const bool decides = one.tag == Item::Tag::fails || one.tag == Item::Tag::unspecified;
    if (decides || one.tag == Item::Tag::may_fail) positions_[one.branch] = item;
    if (one.tag != Item::Tag::each) continue;
    for (std::uint32_t branch = 0; branch < original.branches.size(); ++branch) {
      if (original.branches[branch].each == one.each) positions_[branch] = item;
    }
  }
  compare(law, mutant, rule);
}

std::uint32_t FirstChange::position_of(std::uint32_t branch) const {
  return branch == kSuccess ? items_ : positions_[branch];
}

bool FirstChange::is_pure(const Rule& rule, std::size_t item) const {
  return std::none_of(rule.items.begin(), rule.items.begin() + static_cast<std::ptrdiff_t>(item) + 1,
                      [](const Item& i) {
                        return i.tag == Item::Tag::each || i.tag == Item::Tag::choose || i.tag == Item::Tag::may_fail;
                      });
}

void FirstChange::compare(const Law& law, const Mutant& mutant, std::uint32_t rule) {
  const Rule& before = law.rules[rule];
  const Rule& after = mutant.law.rules[rule];
  Compare compare(law, mutant.law);
  const std::size_t both = std::min(before.items.size(), after.items.size());
  std::vector<std::uint32_t> changed;
  for (std::uint32_t item = 0; item < both; ++item) {
    if (!compare.differ(before, before.items[item], after, after.items[item])) continue;
    changed.push_back(item);
    choice_ = choice_ || before.items[item].tag == Item::Tag::choose;
  }
  const bool same_size = before.items.size() == after.items.size();
  if (!same_size) changed.push_back(static_cast<std::uint32_t>(both));
  const bool effects = compare.differ(before.effects, after.effects) || compare.late_differs(before, after) ||
                       compare.differ(before.results, after.results);
  if (effects) changed.push_back(items_);
  if (changed.empty()) {
    first_ = items_ + 1;
    return;
  }
  first_ = changed.front();
  last_ = changed.back();
  if (effects || !same_size || !is_pure(before, last_)) return;
  if (mutant.reordered) {
    // A failure that others were put before: where it does not apply, the same one of these is the first that does.
    extent_ = Extent::one_branch;
    order_ = true;
    return;
  }
  const auto is_check = [&](std::uint32_t item) { return before.items[item].tag == Item::Tag::fails; };
  if (!std::all_of(changed.begin(), changed.end(), is_check)) return;
  if (changed.size() == 1) {
    const Expr& condition = *after.branches[after.items[first_].branch].condition;
    if (condition.op == Op::literal && condition.value == 0) {
      extent_ = Extent::one_branch;
      return;
    }
  }
  extent_ = Extent::checks;
  checks_ = after;
  checks_.effects.clear();
  checks_.late.clear();
  checks_.results.clear();
  checks_.items.clear();
  for (std::uint32_t item = 0; item <= last_; ++item) {
    const bool wanted =
        after.items[item].tag == Item::Tag::let || std::binary_search(changed.begin(), changed.end(), item);
    if (wanted) checks_.items.push_back(after.items[item]);
  }
}

FirstChange::Verdict FirstChange::of(std::uint32_t branch) const {
  const std::uint32_t position = position_of(branch);
  if (position < first_) return Verdict::same;
  switch (extent_) {
    case Extent::one_branch:
      return position == first_ ? Verdict::ask : Verdict::same;
    case Extent::checks:
      return position > last_ ? Verdict::checks : Verdict::ask;
    case Extent::rest:
      break;
  }
  return Verdict::ask;
}

}  // namespace iolaw
