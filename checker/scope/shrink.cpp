// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/shrink.hpp"

namespace iolaw::scope {
namespace {

constexpr smt::Integer kPage = 4096;

class Shrinker {
 public:
  Shrinker(Terms& terms, smt::Solver& solver, const Wishes& wishes, std::vector<Term> fixed, Clock::time_point deadline,
           const std::function<bool(const std::vector<Term>&)>& solve, const std::function<void()>& accept)
      : terms_(terms),
        solver_(solver),
        absent_(wishes.absent),
        numbers_(wishes.numbers),
        favourites_(wishes.favourites),
        fixed_(std::move(fixed)),
        deadline_(deadline),
        solve_(solve),
        accept_(accept) {
    for (const Term last : wishes.successors) numbers_.push_back(terms.add(last, terms.number(1)));
    remember();
  }

  void run() {
    for (std::size_t i = 0; i < absent_.size(); ++i) wish(terms_.negate(absent_[i]), !present_[i]);
    const Term page = terms_.number(kPage);
    // From the last call back: what an earlier one must provide follows from what a later one needs.
    for (std::size_t i = numbers_.size(); i-- > 0;) {
      bool granted = false;
      for (const smt::Integer favourite : favourites_) {
        granted = wish(terms_.equal(numbers_[i], terms_.number(favourite)), values_[i] == favourite);
        if (granted) break;
      }
      if (granted) continue;
      wish(terms_.aligned(numbers_[i], page), values_[i] % kPage == 0);
      wish(terms_.equal(numbers_[i], terms_.number(values_[i])), true);
    }
  }

 private:
  // `holds`: the model at hand grants it.
  bool wish(Term formula, bool holds) {
    if (formula->is_true()) return true;
    if (formula->is_false()) return false;
    fixed_.push_back(formula);
    if (holds) return true;
    if (Clock::now() <= deadline_ && solve_(fixed_)) {
      remember();
      accept_();
      return true;
    }
    fixed_.pop_back();
    return false;
  }

  void remember() {
    present_.clear();
    values_.clear();
    for (const Term absent : absent_) present_.push_back(solver_.truth(absent));
    for (const Term number : numbers_) values_.push_back(solver_.number(number));
  }

  Terms& terms_;
  smt::Solver& solver_;
  const std::vector<Term>& absent_;
  std::vector<Term> numbers_;
  const std::vector<smt::Integer>& favourites_;
  std::vector<Term> fixed_;
  Clock::time_point deadline_;
  const std::function<bool(const std::vector<Term>&)>& solve_;
  const std::function<void()>& accept_;
  std::vector<bool> present_;         // of the best model
  std::vector<smt::Integer> values_;  // likewise
};

}  // namespace

void shrink(Terms& terms, smt::Solver& solver, const Wishes& wishes, std::vector<Term> fixed,
            Clock::time_point deadline, const std::function<bool(const std::vector<Term>&)>& solve,
            const std::function<void()>& accept) {
  Shrinker(terms, solver, wishes, std::move(fixed), deadline, solve, accept).run();
}

}  // namespace iolaw::scope
