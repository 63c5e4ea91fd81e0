// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/shrink.hpp"

namespace iolaw::scope {
namespace {

constexpr int kPage = 4096;
constexpr int kSmall = 0xffff;

}  // namespace

void shrink(Terms& terms, smt::Solver& solver, const Wishes& wishes, std::vector<Term> fixed,
            Clock::time_point deadline, const std::function<bool(const std::vector<Term>&)>& solve,
            const std::function<void()>& accept) {
  // True if the wish is granted; the model is one that grants all wishes so far.
  bool fresh = true;  // the solver has a model
  const auto wish = [&](Term formula) {
    if (formula->is_true()) return true;
    if (formula->is_false() || Clock::now() > deadline) return false;
    if (fresh && solver.truth(formula)) {
      fixed.push_back(formula);
      return true;
    }
    fixed.push_back(formula);
    if (solve(fixed)) {
      fresh = true;
      accept();
      return true;
    }
    fixed.pop_back();
    fresh = false;
    return false;
  };
  for (const Term absent : wishes.absent) wish(terms.negate(absent));

  std::vector<Term> numbers = wishes.numbers;
  const Term page = terms.number(kPage);
  for (const Term last : wishes.successors) numbers.push_back(terms.add(last, terms.number(1)));
  const auto small = [&](Term x) { return terms.at_most(x, terms.number(kSmall + 1)); };
  std::vector<Term> all;
  for (const Term number : numbers) all.push_back(terms.both(terms.aligned(number, page), small(number)));
  if (wish(terms.conjunction(all))) return;
  for (const Term number : numbers) {
    if (wish(terms.equal(number, terms.number(0)))) continue;
    wish(terms.aligned(number, page));
    wish(small(number));
  }
}

}  // namespace iolaw::scope
