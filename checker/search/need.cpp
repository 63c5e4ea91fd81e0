// SPDX-License-Identifier: Apache-2.0
#include "checker/search/need.hpp"

#include <algorithm>
#include <unordered_set>

namespace iolaw::search {
namespace {

constexpr std::uint8_t kMany = 2;

// Walks a formula with what its names stand for.
class Reader {
 public:
  explicit Reader(const Law& law) : law_(law) {}

  std::unordered_map<std::uint32_t, ExprPtr> lets;  // by slot
  std::unordered_set<std::uint32_t> positive;       // slots of numbers that are not 0

  // What is learned about numbers where `condition` does not hold.
  void exclude(const Expr& condition) {
    if (condition.op == Op::disjunction) {
      for (const ExprPtr& child : condition.children) exclude(*child);
    }
    if (condition.op != Op::equal) return;
    const Expr& a = *condition.children[0];
    const Expr& b = *condition.children[1];
    if (a.op == Op::variable && a.type.is_integer() && b.op == Op::literal && b.value == 0) positive.insert(a.index);
  }

  Counts read(const Expr& expr, bool truth) {
    Counts counts;
    switch (expr.op) {
      case Op::negation:
        return read(*expr.children[0], !truth);
      case Op::conjunction:
      case Op::disjunction:
        return junction(expr, truth);
      case Op::implication:
        if (truth) return counts;
        counts = read(*expr.children[0], true);
        counts.both(read(*expr.children[1], false));
        if (two_of(*expr.children[0])) counts.at_least(*two_of(*expr.children[0]), kMany);
        return counts;
      case Op::some_object:
      case Op::all_objects: {
        if (truth != (expr.op == Op::some_object)) return counts;
        const auto shadowed = bound_.find(expr.index);
        const bool was_bound = shadowed != bound_.end();
        bound_.insert(expr.index);
        counts = read(*expr.children[0], truth);
        if (!was_bound) bound_.erase(expr.index);
        counts.at_least(expr.kind, 1);
        return counts;
      }
      case Op::some_address:
      case Op::all_addresses:
        if (truth != (expr.op == Op::some_address) && !is_range(*expr.children[0], *expr.children[1])) return counts;
        return read(*expr.children[2], truth);
      case Op::lives:
      case Op::is_some: {
        const Expr& child = *expr.children[0];
        if (truth && child.type.tag == TypeTag::reference &&
            (expr.op == Op::lives || child.op == Op::at || child.op == Op::slot)) {
          counts.at_least(child.type.id, 1);
        }
        return counts;
      }
      case Op::variable:
        if (const auto let = lets.find(expr.index); let != lets.end()) return read(*let->second, truth);
        return counts;
      case Op::call: {
        Reader inside(law_);
        return inside.read(*law_.defs[expr.index].body, truth);
      }
      default:
        return counts;
    }
  }

 private:
  Counts junction(const Expr& expr, bool truth) {
    Counts counts;
    const bool all = truth == (expr.op == Op::conjunction);
    for (std::size_t i = 0; i < expr.children.size(); ++i) {
      const Counts part = read(*expr.children[i], truth);
      if (all || i == 0) {
        counts.both(part);
      } else {
        counts.either(part);
      }
    }
    if (all && truth && two_of(expr)) counts.at_least(*two_of(expr), kMany);
    return counts;
  }

  const Expr& resolved(const Expr& expr) const {
    const auto let = expr.op == Op::variable ? lets.find(expr.index) : lets.end();
    return let == lets.end() ? expr : resolved(*let->second);
  }

  // Whether first..last has an address: it is `a..a + n - 1`, and n is not 0.
  bool is_range(const Expr& first, const Expr& last) const {
    const Expr* a = &resolved(first);
    const Expr* b = &resolved(last);
    if (a->op == Op::first && b->op == Op::last) {
      const Expr& whole = resolved(*a->children[0]);
      if (whole.op != Op::interval || &whole != &resolved(*b->children[0])) return false;
      a = &resolved(*whole.children[0]);
      b = &resolved(*whole.children[1]);
    }
    if (a->op != Op::variable || b->op != Op::subtract) return false;
    const Expr& one = *b->children[1];
    const Expr& sum = *b->children[0];
    if (one.op != Op::literal || one.value != 1 || sum.op != Op::add) return false;
    const Expr& start = *sum.children[0];
    const Expr& size = *sum.children[1];
    return start.op == Op::variable && start.index == a->index && size.op == Op::variable &&
           positive.contains(size.index);
  }

  // The kind of two objects that live by their quantifiers, and are said to be different.
  std::optional<std::uint32_t> two_of(const Expr& expr) const {
    if (expr.op == Op::conjunction) {
      for (const ExprPtr& child : expr.children) {
        if (const auto kind = two_of(*child)) return kind;
      }
    }
    if (expr.op != Op::negation || expr.children[0]->op != Op::equal) return std::nullopt;
    const Expr& a = *expr.children[0]->children[0];
    const Expr& b = *expr.children[0]->children[1];
    if (a.op != Op::variable || b.op != Op::variable || a.type.tag != TypeTag::reference || a.index == b.index)
      return std::nullopt;
    if (!bound_.contains(a.index) || !bound_.contains(b.index)) return std::nullopt;
    return a.type.id;
  }

  const Law& law_;
  std::unordered_set<std::uint32_t> bound_;  // slots of objects that live
};

}  // namespace

void Counts::at_least(std::uint32_t kind, std::uint32_t count) {
  if (kind >= kMostKinds) return;
  counts_[kind] = std::max(counts_[kind], static_cast<std::uint8_t>(std::min<std::uint32_t>(count, kMany)));
}

void Counts::add(const Counts& other) {
  for (std::size_t i = 0; i < kMostKinds; ++i)
    counts_[i] = std::min<std::uint8_t>(kMany, counts_[i] + other.counts_[i]);
}

void Counts::subtract(const Counts& other) {
  for (std::size_t i = 0; i < kMostKinds; ++i) counts_[i] -= std::min(counts_[i], other.counts_[i]);
}

void Counts::only(const Counts& kinds) {
  for (std::size_t i = 0; i < kMostKinds; ++i) counts_[i] = kinds.counts_[i] > 0 ? counts_[i] : 0;
}

void Counts::either(const Counts& other) {
  for (std::size_t i = 0; i < kMostKinds; ++i) counts_[i] = std::min(counts_[i], other.counts_[i]);
}

void Counts::both(const Counts& other) {
  for (std::size_t i = 0; i < kMostKinds; ++i) counts_[i] = std::max(counts_[i], other.counts_[i]);
}

bool Counts::within(const Counts& other) const {
  for (std::size_t i = 0; i < kMostKinds; ++i) {
    if (counts_[i] > other.counts_[i]) return false;
  }
  return true;
}

std::size_t Counts::hash() const {
  std::uint64_t sum = 0x9e3779b97f4a7c15;
  for (std::size_t i = 0; i < kMostKinds; ++i) sum = (sum ^ counts_[i]) * 0xff51afd7ed558ccd, sum ^= sum >> 32;
  return sum;
}

Counts needed(const Law& law, const Expr& formula, bool truth) { return Reader(law).read(formula, truth); }

Counts needed(const Law& law, const Rule& rule, std::uint32_t branch) {
  Counts counts;
  Reader reader(law);
  for (const Item& item : rule.items) {
    if (item.tag == Item::Tag::let) reader.lets[item.slot] = item.expr;
    // Past a loop that changes the state, nothing is known of the state before the call.
    if (item.tag == Item::Tag::each && !rule.eaches[item.each].effects.empty()) break;
    if (item.tag == Item::Tag::let || item.tag == Item::Tag::choose || item.tag == Item::Tag::each) continue;
    const bool last = item.branch == branch;
    if (item.tag == Item::Tag::may_fail && !last) continue;  // the call may go on where it applies
    const Expr& condition = *rule.branches[item.branch].condition;
    counts.both(reader.read(condition, last));
    if (last) break;
    reader.exclude(condition);
  }
  return counts;
}

Counts made_by(const Rule& rule) {
  Counts made;
  for (const Effect& effect : rule.effects) {
    if (effect.tag != Effect::Tag::create) continue;
    Counts one;
    one.at_least(effect.kind, 1);
    made.add(one);
  }
  for (const Each& each : rule.eaches) {
    for (const Effect& effect : each.effects) {
      if (effect.tag == Effect::Tag::create) made.at_least(effect.kind, kMany);
    }
  }
  return made;
}

Distance::Distance(const Law& law, std::vector<std::uint32_t> rules, std::vector<Counts> goals, std::uint32_t longest)
    : law_(law), goals_(std::move(goals)), longest_(longest) {
  // Only what a goal needs matters, and what it takes to make that.
  for (const Counts& goal : goals_) relevant_.both(goal);
  for (bool more = true; more;) {
    const Counts before = relevant_;
    for (const std::uint32_t r : rules) {
      Counts useful = made_by(law.rules[r]);
      useful.either(relevant_);
      if (!(useful == Counts{})) relevant_.both(needed(law, law.rules[r], kSuccess));
    }
    more = !(before == relevant_);
  }
  Counts tracked;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (relevant_.of(kind) > 0) tracked.at_least(kind, kMany);
  }
  relevant_ = read_ = tracked;
  for (const std::uint32_t r : rules) {
    needs_.push_back(needed(law, law.rules[r], kSuccess));
    makes_.push_back(made_by(law.rules[r]));
    makes_.back().either(relevant_);
    read_.both(needs_.back());
    if (!(makes_.back() == Counts{})) steps_.push_back({needs_.back(), makes_.back()});
  }
}

const Distance::Ways& Distance::from(const State& state) {
  Counts counts;
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    if (read_.of(kind) > 0) counts.at_least(kind, state.population(kind));
  }
  const auto [at, fresh] = ways_.try_emplace(counts);
  if (!fresh) return at->second;
  Counts mine = counts;
  mine.only(relevant_);
  at->second.shortest = search(mine);
  for (std::size_t r = 0; r < needs_.size(); ++r) {
    Counts after = mine;
    after.add(makes_[r]);
    const std::uint32_t rest = needs_[r].within(counts) ? search(after) : kNever;
    at->second.by_rule.push_back(rest == kNever ? kNever : rest + 1);
  }
  return at->second;
}

std::uint32_t Distance::search(const Counts& start) {
  const auto [at, fresh] = lengths_.try_emplace(start, kNever);
  if (!fresh) return at->second;
  std::unordered_set<Counts, Hash> seen{start};
  std::vector<Counts> level{start};
  for (std::uint32_t length = 1; length <= longest_ && !level.empty(); ++length) {
    std::vector<Counts> next;
    for (const Counts& counts : level) {
      if (std::any_of(goals_.begin(), goals_.end(), [&](const Counts& goal) { return goal.within(counts); })) {
        return at->second = length;
      }
      for (const Step& step : steps_) {
        Counts after = counts;
        after.add(step.makes);
        if (after == counts || !step.needs.within(counts)) continue;
        if (seen.insert(after).second) next.push_back(after);
      }
    }
    level = std::move(next);
  }
  return kNever;
}

}  // namespace iolaw::search
