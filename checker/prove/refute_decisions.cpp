// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/refute_decisions.hpp"

#include <atomic>
#include <charconv>
#include <exception>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>

#include "checker/induct/axioms.hpp"
#include "checker/smt/digest.hpp"
#include "checker/smt/skolem.hpp"

namespace iolaw {
namespace {

constexpr const char* kImpossible = "impossible";
// And the budget within which it stayed so.
constexpr std::string_view kOpenWithin = "open ";

// Whether it was asked before with a budget that is no smaller; a proof needs none.
bool is_answered(const std::string& answer, const smt::Budget& budget) {
  if (answer == kImpossible) return true;
  std::uint32_t resources = 0;
  const char* const end = answer.data() + answer.size();
  const bool open = answer.rfind(kOpenWithin, 0) == 0;
  return open && std::from_chars(answer.data() + kOpenWithin.size(), end, resources).ptr == end &&
         resources >= budget.resources;
}

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
    add_exact_alignment();
    smt::Digester digest(terms_);
    assumed_ = digest.all(hypotheses_);
    exactly_ = digest.all(exact_alignment_);
  }

  bool is_impossible(const DecisionGoal& goal, Cache& cache, const smt::Budget& budget) {
    const Rule& rule = law_.rules[goal.rule];
    Frame frame(goal.slots);
    std::vector<Term> given;
    for (std::uint32_t i = 0; i < rule.parameters.size(); ++i) {
      const Parameter& parameter = rule.parameters[i];
      Value value;
      for (const smt::Sort sort : parts_of(law_, parameter.type)) {
        const std::string part = part_name(law_, parameter.type, value.parts.size());
        value.parts.push_back(terms_.variable(rule.name + "." + parameter.name + part, sort));
      }
      given.push_back(typed(terms_, law_, parameter.type, value));
      frame.set(i, std::move(value));
    }
    for (const ExprPtr& formula : goal.given) given.push_back(translator_.formula(*formula, frame, any_));
    given.push_back(translator_.formula(*goal.formula, frame, any_));
    Term all = terms_.conjunction(given);
    if (all->is_false()) return true;
    all = smt::name_witnesses(terms_, all);
    // Remainders cost much, and most questions need none.
    return is_contradictory(all, false, cache, budget) || is_contradictory(all, true, cache, budget);
  }

 private:
  bool is_contradictory(Term all, bool exact, Cache& cache, const smt::Budget& budget) {
    smt::Digester digest(terms_);
    smt::Digest key = smt::mix(smt::mix(assumed_, digest(all)), smt::digest_of("decision"));
    if (exact) key = smt::mix(key, exactly_);
    if (const auto known = cache.find(key); known && is_answered(*known, budget)) return *known == kImpossible;
    smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
    for (const Term hypothesis : hypotheses_) solver.assume(hypothesis);
    if (exact) {
      for (const Term axiom : exact_alignment_) solver.assume(axiom);
    }
    solver.assume(all);
    for (const Term reference : smt::ground_references(all)) {
      solver.assume(terms_.apply("look." + kinds_.at(reference->sort.kind), {reference}, smt::kBoolean));
    }
    const bool impossible = solver.check(budget) == smt::Answer::unsat;
    cache.add(key, impossible ? kImpossible : std::string(kOpenWithin) + std::to_string(budget.resources));
    return impossible;
  }

  // What alignment is, for the units that the law names: x lies less than a unit above a multiple of it.
  void add_exact_alignment() {
    std::set<Word> units;
    for (const Constant& constant : law_.constants) {
      if (constant.type.tag == TypeTag::pow2) units.insert(constant.value);
    }
    for (const Word word : units) {
      const auto unit = static_cast<smt::Integer>(word);
      const std::string name = "multiple." + std::to_string(word);
      exact_alignment_.push_back(terms_.quantify(true, smt::kInteger, [&](Term x) {
        const Term below = terms_.scale(unit, terms_.apply(name, {x}, smt::kInteger));
        return terms_.conjunction({terms_.at_most(below, x), terms_.less(x, terms_.add(below, terms_.number(unit))),
                                   terms_.equal(terms_.aligned(x, terms_.number(unit)), terms_.equal(x, below)),
                                   terms_.equal(terms_.align_down(x, terms_.number(unit)), below)});
      }));
    }
  }

  const Law& law_;
  std::vector<std::string> kinds_;
  Terms terms_;
  Translator translator_;
  induct::AnyState any_;
  std::vector<Term> hypotheses_;
  std::vector<Term> exact_alignment_;
  smt::Digest assumed_{};
  smt::Digest exactly_{};
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
