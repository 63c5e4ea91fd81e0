// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutation.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "checker/generate/mutate.hpp"
#include "checker/induct/problem.hpp"

namespace iolaw {
namespace {

// Proofs that need more are left out: a mutant would be said to be caught where the budget was too small.
constexpr smt::Budget kBudget{.resources = 500'000, .milliseconds = 20'000};

ExprPtr with_calls_moved(const ExprPtr& expr, std::uint32_t by) {
  if (!expr) return expr;
  auto moved = std::make_shared<Expr>(*expr);
  if (moved->op == Op::call) moved->index += by;
  for (ExprPtr& child : moved->children) child = with_calls_moved(child, by);
  return moved;
}

// The law with the rules of the mutant. Properties, counts and axioms keep the meaning of defs that the mutant changed:
// they call copies of the originals.
Law mutated(const Law& law, const Mutant& mutant) {
  Law result = law;
  for (const std::uint32_t rule : mutant.rules) result.rules[rule] = mutant.law.rules[rule];
  bool changed = false;
  for (std::size_t i = 0; i < law.defs.size(); ++i) changed |= law.defs[i].body != mutant.law.defs[i].body;
  if (!changed) return result;
  const auto by = static_cast<std::uint32_t>(law.defs.size());
  result.defs = mutant.law.defs;
  for (Def def : law.defs) {
    def.body = with_calls_moved(def.body, by);
    result.defs.push_back(std::move(def));
  }
  for (Property& property : result.properties) property.formula = with_calls_moved(property.formula, by);
  for (Axiom& axiom : result.axioms) axiom.formula = with_calls_moved(axiom.formula, by);
  for (Count& count : result.counts) {
    for (CountTerm& term : count.terms) term.where = with_calls_moved(term.where, by);
  }
  return result;
}

using Name = std::pair<std::string, std::string>;  // rule and property

class Mutation {
 public:
  Mutation(const Law& law, const MutationOptions& options) : law_(law), options_(options) {
    for (Mutant& mutant : make_mutants(law)) {
      const bool concerned = std::any_of(mutant.rules.begin(), mutant.rules.end(),
                                         [&](std::uint32_t rule) { return law.rules[rule].name == options.rule; });
      if (options.rule.empty() || concerned) mutants_.push_back(std::move(mutant));
    }
    verdicts_.resize(mutants_.size());
  }

  std::vector<MutantVerdict> run() {
    const induct::Problem whole(law_);
    std::atomic<std::size_t> next{0};
    in_parallel([&] {
      for (std::size_t i = next++; i < whole.obligations().size(); i = next++) {
        const induct::Obligation& obligation = whole.obligations()[i];
        if (obligation.trivial) {
          const std::lock_guard lock(mutex_);
          untouched_.insert({obligation.rule, obligation.property});
          continue;
        }
        const bool proved = whole.refute(obligation, kBudget) == smt::Answer::unsat;
        const std::lock_guard lock(mutex_);
        known_.insert(obligation.key);
        if (!proved) unproved_.insert({obligation.rule, obligation.property});
      }
    });
    next = 0;
    in_parallel([&] {
      for (std::size_t i = next++; i < mutants_.size(); i = next++) {
        judge(i);
        const std::lock_guard lock(mutex_);
        if (options_.progress) options_.progress(++done_, mutants_.size());
      }
    });
    return std::move(verdicts_);
  }

 private:
  void in_parallel(const std::function<void()>& job) {
    std::exception_ptr failure;
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
      workers.emplace_back([&] {
        try {
          job();
        } catch (...) {
          const std::lock_guard lock(mutex_);
          failure = std::current_exception();
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    if (failure) std::rethrow_exception(failure);
  }

  void judge(std::size_t index) {
    const Mutant& mutant = mutants_[index];
    MutantVerdict& verdict = verdicts_[index];
    verdict.text = mutant.text;
    const Law law = mutated(law_, mutant);
    try {
      const induct::Problem problem(law, mutant.rules);
      verdict.tag = MutantVerdict::Tag::unseen;
      for (const induct::Obligation& obligation : problem.obligations()) {
        const Name name{obligation.rule, obligation.property};
        if (obligation.trivial ? untouched_.contains(name) : known_.contains(obligation.key)) continue;
        verdict.tag = MutantVerdict::Tag::survives;
        if (obligation.trivial || unproved_.contains(name)) continue;
        if (problem.refute(obligation, kBudget) == smt::Answer::unsat) continue;
        verdict.tag = MutantVerdict::Tag::caught;
        verdict.by = obligation.rule + " / " + obligation.property;
        return;
      }
    } catch (const Unsupported& error) {
      verdict.tag = MutantVerdict::Tag::refused;
      verdict.by = error.what();
    }
  }

  const Law& law_;
  const MutationOptions& options_;
  std::vector<Mutant> mutants_;
  std::vector<MutantVerdict> verdicts_;
  std::set<smt::Digest> known_;  // questions of the law itself
  std::set<Name> untouched_;     // what its rules do not touch
  std::set<Name> unproved_;      // of the law itself, within the budget
  std::size_t done_ = 0;
  std::mutex mutex_;
};

}  // namespace

std::vector<MutantVerdict> mutate_and_prove(const Law& law, const MutationOptions& options) {
  return Mutation(law, options).run();
}

}  // namespace iolaw
