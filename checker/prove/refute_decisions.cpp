// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/refute_decisions.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_set>

#include "checker/generate/in_parallel.hpp"
#include "checker/generate/workers.hpp"
#include "checker/induct/axioms.hpp"
#include "checker/prove/nearest.hpp"
#include "checker/prove/slow_fields.hpp"
#include "checker/smt/digest.hpp"
#include "checker/smt/ground.hpp"
#include "checker/smt/instances.hpp"
#include "checker/smt/skolem.hpp"
#include "model/law/units.hpp"

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

// Of numbers and objects that a formula names, each number with each object.
constexpr std::size_t kMostPlaces = 200;

// Any state that meets the invariants, and calls of one rule in it. One thread.
class AnyCall {
 public:
  explicit AnyCall(const Law& law)
      : law_(law),
        translator_(terms_, law, Environment::any),
        any_(translator_),
        nearest_(nearest_objects(law)),
        slow_fields_(slow_fields(law)) {
    for (const Kind& kind : law.kinds) kinds_.push_back(kind.name);
    const auto assume = [&](const std::vector<Term>& formulas) {
      hypotheses_.insert(hypotheses_.end(), formulas.begin(), formulas.end());
    };
    alignments_ = induct::alignment_axioms(terms_);
    assume(alignments_);
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
    for (const auto& [kind, field] : slow_fields_) {
      short_run_.push_back(any_.objects(true, kind, [&, kind = kind, field = field](Term object) {
        return terms_.at_most(any_.field(kind, field, object).parts[0], terms_.number(kShortRun));
      }));
    }
  }

  // Uses of one def are asked one by one: the goal is what holds of all of them.
  Reachability ask(const DecisionGoal& goal, Cache& cache, const smt::Budget& budget) {
    if (goal.formula->op != Op::disjunction) return ask_use(goal, goal.formula, cache, budget);
    Reachability of_all = Reachability::impossible;
    for (const ExprPtr& use : goal.formula->children) {
      const Reachability found = ask_use(goal, use, cache, budget);
      if (found == Reachability::impossible || found == of_all) continue;
      if (found == Reachability::open || of_all != Reachability::impossible) return Reachability::open;
      of_all = found;
    }
    return of_all;
  }

 private:
  Reachability ask_use(const DecisionGoal& goal, const ExprPtr& use, Cache& cache, const smt::Budget& budget) {
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
    const auto say = [&](const ExprPtr& formula) { given.push_back(translator_.formula(*formula, frame, any_)); };
    const std::vector<Term> types = given;
    say(use);
    const Term formula_alone = given.back();
    for (const ExprPtr& formula : goal.given) say(formula);
    if (is_impossible(given, cache, budget)) return Reachability::impossible;
    const auto has_one_reason = [&](std::size_t from) {
      for (std::size_t i = from; i < given.size(); ++i) {
        std::vector<Term> some = types;
        some.insert(some.end(), {formula_alone, given[i]});
        if (is_impossible(some, cache, {budget.resources / 4, budget.milliseconds})) return true;
      }
      return false;
    };
    // Often one line more is the reason, and all others are in the way.
    if (has_one_reason(types.size() + 1)) return Reachability::impossible;
    if (reads_any(*use, slow_fields_)) {
      std::vector<Term> soon = given;
      soon.insert(soon.end(), short_run_.begin(), short_run_.end());
      if (is_impossible(soon, cache, budget)) return Reachability::remote;
    }
    if (goal.forced.empty()) return Reachability::open;
    const std::size_t all_given = given.size();
    for (const ExprPtr& formula : goal.forced) say(formula);
    if (is_impossible(given, cache, budget) || has_one_reason(all_given)) return Reachability::unforced;
    return Reachability::open;
  }

  bool is_impossible(const std::vector<Term>& given, Cache& cache, const smt::Budget& budget) {
    Term all = terms_.conjunction(given);
    if (all->is_false()) return true;
    all = smt::name_witnesses(terms_, smt::with_named_conditions(terms_, all));
    // What is said of named things alone is cheap, and often enough. Remainders cost much, and most questions need
    // none; and few need to be told what is nearest.
    const Term named = smt::ground_part(terms_, all);
    const Term said = said_of_named(all);
    return is_contradictory(named, Told::alignments, cache, budget) ||
           is_contradictory(named, Told::invariants_and_alignments, cache, budget) ||
           is_contradictory(said, Told::alignments, cache, budget) ||
           is_contradictory(said, Told::invariants_and_alignments, cache, budget) ||
           is_contradictory(all, Told::invariants, cache, budget) ||
           is_contradictory(all, Told::invariants_and_alignments, cache, budget) ||
           is_contradictory(all, Told::all, cache, budget) ||
           is_contradictory(with_nearest(all), Told::all, cache, budget);
  }

  // What the formula says of all, of the numbers and objects that it names, and of the objects that this names.
  Term said_of_named(Term formula) {
    std::vector<Term> points = smt::ground_objects(formula);
    for (const Term number : smt::ground_numbers(formula)) {
      if (number->op == smt::TermOp::variable) points.push_back(number);
    }
    formula = smt::with_instances(terms_, formula, points);
    return smt::ground_part(terms_, smt::with_instances(terms_, formula, smt::ground_objects(formula)));
  }

  // Of every place that the formula names, the nearest object below it in every parent that it names; and what is said
  // of all objects and numbers once more of these. Twice, since what lies next to such an object is a place, too.
  Term with_nearest(Term formula) {
    std::unordered_set<Term> had;
    std::vector<Term> said;
    for (int round = 0; round < 2; ++round) {
      std::vector<Term> points;
      for (const Term number : smt::ground_numbers(formula)) {
        const bool is_place = number->op == smt::TermOp::align_down || smt::is_witness(terms_, number);
        if (is_place && had.insert(number).second) points.push_back(number);
      }
      const std::vector<Term> numbers = points;
      const std::vector<Term> parents = smt::ground_objects(formula);
      // A formula that names so much is not made smaller by what is said besides.
      if (numbers.size() * parents.size() > kMostPlaces) break;
      for (const Term parent : parents) {
        for (const NearestObject& which : nearest_) {
          if (parent->sort != smt::object_sort(parents_of(which.kind))) continue;
          for (const Term number : numbers) {
            // What ends below it; but what has a number there begins.
            const Term at = which.part == 0 ? number : terms_.subtract(number, terms_.number(1));
            const NearestFact fact = nearest_fact(terms_, law_, any_, which, parent, at);
            said.push_back(fact.fact);
            points.push_back(fact.object);
          }
        }
      }
      formula = smt::with_instances(terms_, formula, points);
    }
    add_places(formula, said);
    said.push_back(formula);
    return terms_.conjunction(std::move(said));
  }

  // What the invariants say of the objects that the formula names, at the first and last addresses that these keep.
  void add_places(Term formula, std::vector<Term>& said) {
    std::vector<Term> objects;
    std::vector<Term> places;
    for (const Term object : smt::ground_objects(formula)) {
      if (!smt::is_witness(terms_, object)) continue;
      objects.push_back(object);
      const std::uint32_t kind = object->sort.kind;
      for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) {
        if (law_.kinds[kind].fields[field].type.tag != TypeTag::interval) continue;
        for (const Term end : any_.field(kind, field, object).parts) places.push_back(end);
      }
    }
    for (const Term hypothesis : hypotheses_) {
      if (places.empty() || hypothesis->op != smt::TermOp::all) continue;
      const std::vector<Term> bound(hypothesis->args.begin(), hypothesis->args.end() - 1);
      const bool of_numbers =
          std::any_of(bound.begin(), bound.end(), [](Term variable) { return variable->sort == smt::kInteger; });
      for (std::size_t i = 0; of_numbers && i < bound.size(); ++i) {
        for (const Term object : objects) {
          if (bound[i]->sort != object->sort) continue;
          said.push_back(smt::with_instances(terms_, smt::instance(terms_, hypothesis, i, object), places));
        }
      }
    }
  }

  std::uint32_t parents_of(std::uint32_t kind) const {
    return law_.kinds[kind].fields[law_.kinds[kind].parent.value()].type.id;
  }

  // What a question is told besides the formula: what alignment is, exactly, of the numbers that the formula names, or
  // of all; and what holds of every state.
  enum class Told : std::uint8_t { alignments, invariants, invariants_and_alignments, all };

  bool is_contradictory(Term all, Told told, Cache& cache, const smt::Budget& budget) {
    smt::Digester digest(terms_);
    smt::Digest key = smt::mix(smt::mix(assumed_, digest(all)), smt::digest_of("decision"));
    key = smt::mix(smt::mix(key, exactly_), smt::digest_of(std::to_string(static_cast<int>(told))));
    if (const auto known = cache.find(key); known && is_answered(*known, budget)) return *known == kImpossible;
    smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
    for (const Term hypothesis : told == Told::alignments ? alignments_ : hypotheses_) solver.assume(hypothesis);
    if (told == Told::all) {
      for (const Term axiom : exact_alignment_) solver.assume(axiom);
    }
    if (told != Told::invariants) {
      for (const Term fact : smt::exact_alignments(terms_, all, units_)) solver.assume(fact);
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
    for (const Word unit : units_of(law_)) units_.insert(static_cast<smt::Integer>(unit));
    for (const smt::Integer unit : units_) {
      exact_alignment_.push_back(terms_.quantify(true, smt::kInteger, [&](Term x) {
        const Term below = smt::multiple_below(terms_, unit, x);
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
  std::vector<Term> alignments_;  // of these: what every alignment meets
  std::vector<Term> exact_alignment_;
  std::set<smt::Integer> units_;
  std::vector<NearestObject> nearest_;
  std::set<FieldOfKind> slow_fields_;
  std::vector<Term> short_run_;
  smt::Digest assumed_{};
  smt::Digest exactly_{};
};

}  // namespace

std::vector<Reachability> refute_decisions(const Law& law, const std::vector<DecisionGoal>& goals, Cache& cache,
                                           const RefuteOptions& options) {
  std::vector<Reachability> found(goals.size(), Reachability::open);
  Workers<AnyCall> calls([&law] { return std::make_unique<AnyCall>(law); });
  in_parallel(options.threads, goals.size(),
              [&](std::size_t i) { found[i] = calls.borrow()->ask(goals[i], cache, options.budget); });
  cache.save();
  return found;
}

}  // namespace iolaw
