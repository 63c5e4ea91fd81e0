// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/refute_decisions.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "checker/induct/axioms.hpp"
#include "checker/smt/digest.hpp"
#include "checker/smt/skolem.hpp"

namespace iolaw {
namespace {

constexpr const char* kImpossible = "impossible";
constexpr const char* kOpen = "open";

// Any state that meets the invariants, and calls of one rule in it. One thread.
class AnyCall {
 public:
  explicit AnyCall(const Law& law) : law_(law), translator_(terms_, law, Environment::any), any_(translator_) {
    for (const Kind& kind : law.kinds) kinds_.push_back(kind.name);
    const auto assume = [&](const std::vector<Term>& formulas) {
      hypotheses_.insert(hypotheses_.end(), formulas.begin(), formulas.end());
    };
    assume(induct::alignment_axioms(terms_));
    assume(induct::environment_axioms(translator_, any_));
    assume(induct::state_axioms(translator_, any_));
    assume(induct::count_axioms(translator_, any_, nullptr));
    for (const Property& property : law.properties) {
      if (property.tag == Property::Tag::invariant) assume({translator_.formula(property, any_, nullptr)});
    }
    smt::Digester digest(terms_);
    assumed_ = digest.all(hypotheses_);
  }

  bool is_impossible(const DecisionGoal& goal, Cache& cache, const smt::Budget& budget) {
    const Rule& rule = law_.rules[goal.rule];
    Frame frame(goal.slots);
    std::vector<Term> given;
    for (std::uint32_t i = 0; i < rule.parameters.size(); ++i) {
      const Parameter& parameter = rule.parameters[i];
      Value value;
      for (const smt::Sort sort : parts_of(law_, parameter.type)) {
        value.parts.push_back(terms_.variable(rule.name + "." + parameter.name, sort));
      }
      given.push_back(typed(terms_, law_, parameter.type, value));
      frame.set(i, std::move(value));
    }
    for (const ExprPtr& formula : goal.given) given.push_back(translator_.formula(*formula, frame, any_));
    given.push_back(translator_.formula(*goal.formula, frame, any_));
    Term all = terms_.conjunction(given);
    if (all->is_false()) return true;
    all = smt::name_witnesses(terms_, all);
    smt::Digester digest(terms_);
    const smt::Digest key = smt::mix(smt::mix(assumed_, digest(all)), smt::digest_of("decision"));
    if (const auto known = cache.find(key)) return *known == kImpossible;
    smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
    for (const Term hypothesis : hypotheses_) solver.assume(hypothesis);
    solver.assume(all);
    for (const Term reference : smt::ground_references(all)) {
      solver.assume(terms_.apply("look." + kinds_.at(reference->sort.kind), {reference}, smt::kBoolean));
    }
    const bool impossible = solver.check(budget) == smt::Answer::unsat;
    cache.add(key, impossible ? kImpossible : kOpen);
    return impossible;
  }

 private:
  const Law& law_;
  std::vector<std::string> kinds_;
  Terms terms_;
  Translator translator_;
  induct::AnyState any_;
  std::vector<Term> hypotheses_;
  smt::Digest assumed_{};
};

}  // namespace

std::vector<Reachability> refute_decisions(const Law& law, const std::vector<DecisionGoal>& goals, Cache& cache,
                                           const RefuteOptions& options) {
  std::vector<Reachability> found(goals.size(), Reachability::open);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
    workers.emplace_back([&] {
      try {
        AnyCall any(law);
        for (std::size_t goal = next++; goal < goals.size(); goal = next++) {
          if (any.is_impossible(goals[goal], cache, options.budget)) found[goal] = Reachability::impossible;
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  if (failure) std::rethrow_exception(failure);
  cache.save();
  return found;
}

}  // namespace iolaw
