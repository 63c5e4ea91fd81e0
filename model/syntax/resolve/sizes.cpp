// SPDX-License-Identifier: Apache-2.0
// How large formulas are when they are written out. `min(x, y)` reads its arguments twice, `e is some a` puts e
// wherever a stands: nested, few words become a tree that nobody can walk.
#include <algorithm>
#include <unordered_map>

#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {
namespace {

constexpr std::uint64_t kMaxNodes = 1U << 16U;
constexpr std::uint64_t kCountless = std::uint64_t{1} << 40U;

class Sizes {
 public:
  explicit Sizes(Names& names) : names_(names) {}

  // Takes away what is too large, after reporting it. What is written out in the text is not.
  void check(ExprPtr& e) {
    if (!e || nodes(*e) <= std::max<std::uint64_t>(kMaxNodes, e->span.end - e->span.begin)) return;
    names_.error(Code::too_deep, e->span,
                 "written out, this has more than " + std::to_string(kMaxNodes) +
                     " parts; name some of them with `let` or `def`");
    e = nullptr;
  }

  void check(Item& item) { check(item.expr); }
  void check(Tally& tally) { check(tally.summand); }
  void check(FieldValue& value) { check(value.value); }
  void check(CountTerm& term) { check(term.where); }
  void check(Count& count) { all(count.terms); }
  void check(Def& def) { check(def.body); }
  void check(Branch& branch) { check(branch.condition); }
  void check(Result& result) { check(result.value); }
  void check(Property& property) { check(property.formula); }
  void check(Axiom& axiom) { check(axiom.formula); }
  void check(Effect& effect) {
    check(effect.object);
    check(effect.where);
    all(effect.values);
  }
  void check(Each& each) {
    check(each.where);
    check(each.order);
    all(each.items);
    all(each.tallies);
    all(each.effects);
  }
  void check(Rule& rule) {
    all(rule.items);
    all(rule.branches);
    all(rule.eaches);
    all(rule.effects);
    all(rule.results);
  }

  template <typename T>
  void all(std::vector<T>& parts) {
    for (T& part : parts) check(part);
  }

 private:
  // Of the tree, where shared nodes count as often as they are read; at most kCountless.
  std::uint64_t nodes(const Expr& e) {
    if (const auto known = known_.find(&e); known != known_.end()) return known->second;
    std::uint64_t sum = 1;
    for (const ExprPtr& child : e.children) sum += child ? nodes(*child) : 0;
    sum = std::min(sum, kCountless);
    known_.emplace(&e, sum);
    return sum;
  }

  Names& names_;
  std::unordered_map<const Expr*, std::uint64_t> known_;
};

}  // namespace

void check_count_sizes(Names& names) { Sizes(names).all(names.law.counts); }

void check_sizes(Names& names) {
  Law& law = names.law;
  Sizes sizes(names);
  sizes.all(law.defs);
  sizes.all(law.rules);
  sizes.all(law.properties);
  sizes.all(law.axioms);
}

}  // namespace iolaw::syntax
