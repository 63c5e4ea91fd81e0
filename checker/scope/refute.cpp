// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/refute.hpp"

#include <set>

#include "checker/scope/reach.hpp"
#include "checker/smt/expand.hpp"

namespace iolaw::scope {
namespace {

class Attempt {
 public:
  Attempt(const Model& model, const Rule& rule, const Target& target, std::uint32_t scope)
      : model_(model),
        law_(model.law()),
        target_(target),
        translator_(terms_, law_),
        solver_(terms_, smt::Solver::Logic::integers, {}),
        sizes_(law_.kinds.size(), scope) {
    std::vector<Term> constraints;
    before_ = std::make_unique<ScopeView>(translator_, any_cells(terms_, law_, sizes_, "", constraints));
    execution_ = execute(translator_, rule, before_->cells(), sizes_, rule.name + ".", constraints);
    after_ = std::make_unique<ScopeView>(translator_, execution_.after);
    for (const Term constraint : constraints) solver_.assume(constraint);
    // What speaks of addresses is expensive, and mostly beside the point: it is added when a model does not meet it.
    for (const Property& property : law_.properties) {
      if (property.tag != Property::Tag::invariant) continue;
      const Term formula = translator_.formula(property, *before_, nullptr);
      if (formula->quantified) {
        later_.emplace_back(&property, formula);
      } else {
        solver_.assume(formula);
      }
    }
    solver_.assume(smt::expand(terms_, reaches(translator_, target, *before_, execution_, *after_)).term);
    for (const Term choice : execution_.choices) solver_.assume(choice);
  }

  // True with a confirmed counterexample, false if there is none.
  Refutation::Tag solve(const std::vector<Term>& assumptions, Clock::time_point deadline) {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) return Refutation::Tag::unknown;
      switch (solver_.check({.resources = 0, .milliseconds = static_cast<std::uint32_t>(left)}, assumptions)) {
        case smt::Answer::unsat:
          return Refutation::Tag::none;
        case smt::Answer::unknown:
          return Refutation::Tag::unknown;
        case smt::Answer::sat:
          break;
      }
      const State state = decode_state(law_, solver_, before_->cells());
      if (const Property* broken = broken_invariant(model_, state); broken != nullptr) {
        if (!add(broken)) {
          note_ = "the solver's state breaks " + broken->name;
          return Refutation::Tag::rejected;
        }
        continue;
      }
      const Call call = decode_call(law_, solver_, execution_);
      candidate_ = confirm(model_, target_, state, call, decode_outcome(solver_, execution_));
      if (candidate_) return Refutation::Tag::found;
      note_ = "the evaluator does not agree about " + to_string(law_, call);
      return Refutation::Tag::rejected;
    }
  }

  void shrink(Clock::time_point deadline) {
    Wishes wishes(law_);
    for (std::uint32_t k = 0; k < law_.kinds.size(); ++k) {
      const auto& rows = before_->cells().kinds[k];
      for (std::size_t i = rows.size(); i-- > 0;) wishes.absent.push_back(rows[i].lives);
      for (const Cells::Row& row : rows) {
        for (std::size_t f = 0; f < row.fields.size(); ++f) wishes.want(law_.kinds[k].fields[f].type, row.fields[f]);
      }
    }
    for (std::size_t i = 0; i < execution_.arguments.size(); ++i) {
      wishes.want(execution_.rule->parameters[i].type, execution_.arguments[i]);
    }
    found = candidate_;
    scope::shrink(
        terms_, solver_, wishes, {}, deadline,
        [&](const std::vector<Term>& assumptions) { return solve(assumptions, deadline) == Refutation::Tag::found; },
        [&] { found = candidate_; });
  }

  std::optional<Evidence> found;
  const std::string& note() const { return note_; }

 private:
  bool add(const Property* property) {
    for (const auto& [other, formula] : later_) {
      if (other != property || !added_.insert(property).second) continue;
      solver_.assume(smt::expand(terms_, formula).term);
      return true;
    }
    return false;
  }

  const Model& model_;
  const Law& law_;
  const Target& target_;
  Terms terms_;
  Translator translator_;
  smt::Solver solver_;
  Sizes sizes_;
  std::unique_ptr<ScopeView> before_;
  Execution execution_;
  std::unique_ptr<ScopeView> after_;
  std::vector<std::pair<const Property*, Term>> later_;
  std::set<const Property*> added_;
  std::optional<Evidence> candidate_;
  std::string note_;
};

}  // namespace

Refutation refute(const Model& model, const Rule& rule, const Target& target, const RefuteOptions& options) {
  const Clock::time_point deadline = Clock::now() + options.time;
  for (std::uint32_t scope = 1; scope <= options.largest_scope; ++scope) {
    Attempt attempt(model, rule, target, scope);
    const Refutation::Tag tag = attempt.solve({}, deadline);
    if (tag == Refutation::Tag::none) continue;
    if (tag == Refutation::Tag::found) attempt.shrink(Clock::now() + options.shrink_time);
    return {tag, attempt.found, scope, attempt.note()};
  }
  return {Refutation::Tag::none, std::nullopt, options.largest_scope, {}};
}

}  // namespace iolaw::scope
