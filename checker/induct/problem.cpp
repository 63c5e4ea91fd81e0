// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/problem.hpp"

#include <algorithm>

#include "checker/induct/axioms.hpp"
#include "checker/induct/reading.hpp"
#include "checker/smt/instances.hpp"
#include "checker/smt/skolem.hpp"

namespace iolaw::induct {
namespace {

// What is not proved with a few assumptions by then is asked with all.
constexpr std::uint32_t kLittle = 300'000;

}  // namespace

Problem::Problem(const Law& law, const std::vector<std::uint32_t>& only)
    : law_(law),
      translator_(terms_, law, Environment::any),
      any_(translator_),
      first_(translator_),
      selection_(terms_) {
  for (const Kind& kind : law.kinds) kinds_.push_back(kind.name);
  alignment_axioms_ = alignment_axioms(terms_);
  hypotheses_ = alignment_axioms_;
  environment_ = environment_axioms(translator_, any_);
  for (const Term axiom : state_axioms(translator_, any_)) hypotheses_.push_back(axiom);
  for (const Term axiom : count_axioms(translator_, any_, nullptr)) hypotheses_.push_back(axiom);
  for (std::uint32_t k = 0; k < law.kinds.size(); ++k) {
    for (std::uint32_t f = 0; f < law.kinds[k].fields.size(); ++f) {
      if (law.kinds[k].fields[f].type.tag != TypeTag::nat) continue;
      words_.push_back(any_.objects(true, k, [&](Term object) {
        return terms_.at_most(any_.field(k, f, object).parts[0], terms_.number(smt::kMax64));
      }));
    }
  }
  for (const Property& property : law.properties) {
    if (property.tag != Property::Tag::invariant) continue;
    invariants_.emplace_back(&property, translator_.formula(property, any_, nullptr));
  }
  for (const Rule& rule : law.rules) {
    const auto index = static_cast<std::uint32_t>(&rule - law.rules.data());
    const bool wanted = only.empty() ? !rule.probe : std::find(only.begin(), only.end(), index) != only.end();
    if (!wanted) continue;
    for (Transition& transition : transitions_of(translator_, rule, any_))
      transitions_.push_back(std::move(transition));
  }
  if (only.empty()) {
    add_initiation();
    add_reads_of_properties();
  }
  for (const Transition& transition : transitions_) {
    afterwards_.push_back(count_axioms(translator_, *transition.after, &any_));
    if (transition.rule->probe) {
      add_reads(transition);
    } else {
      add(transition);
    }
  }
  for (Obligation& obligation : obligations_) {
    if (!obligation.trivial) deny(obligation);
  }
  add_keys();
  note_assumptions();
}

void Problem::note_assumptions() {
  for (const auto* assumptions : {&environment_, &hypotheses_, &words_}) selection_.note(*assumptions);
  for (const auto& [property, formula] : invariants_) selection_.note({formula});
  for (const Transition& transition : transitions_) selection_.note(transition.given);
  for (const std::vector<Term>& axioms : afterwards_) selection_.note(axioms);
}

void Problem::add_keys() {
  smt::Digester digest(terms_);
  std::vector<Term> common = hypotheses_;
  for (const auto& [property, formula] : invariants_) common.push_back(formula);
  const smt::Digest everywhere = digest.all(environment_);
  const smt::Digest before = smt::mix(everywhere, digest.all(common));
  std::vector<smt::Digest> steps;
  for (std::size_t i = 0; i < transitions_.size(); ++i) {
    const smt::Digest given = smt::mix(digest.all(transitions_[i].given), digest.all(afterwards_[i]));
    steps.push_back(smt::mix(before, given));
  }
  for (Obligation& obligation : obligations_) {
    if (obligation.trivial) continue;
    const Transition* transition = obligation.transition;
    smt::Digest assumed = everywhere;
    if (obligation.tag == Obligation::Tag::reads) {
      assumed = smt::mix(before, digest.all(words_));
    } else if (transition != nullptr) {
      assumed = steps[static_cast<std::size_t>(transition - transitions_.data())];
    }
    obligation.key = smt::mix(assumed, digest.all(obligation.denial));
    if (!obligation.idle.empty()) obligation.key = smt::mix(obligation.key, digest.all(obligation.idle));
  }
}

// The solver matches the hypotheses with the terms that matter to the case at hand. What a map gave before a transition
// does not matter to it where the transition changed that; it does to us, so it is named.
void Problem::deny(Obligation& obligation) {
  const Term denied = smt::name_witnesses(terms_, terms_.negate(obligation.goal));
  obligation.denial.push_back(denied);
  for (const Term reference : smt::ground_references(denied)) {
    obligation.denial.push_back(terms_.apply("look." + kinds_.at(reference->sort.kind), {reference}, smt::kBoolean));
  }
}

void Problem::add_initiation() {
  for (const auto& [property, formula] : invariants_) {
    const Term goal = translator_.formula(*property, first_, nullptr);
    obligations_.push_back(
        {Obligation::Tag::initiation, "initial state", property->name, property, nullptr, goal, {}, goal->is_true()});
  }
}

void Problem::add(const Transition& transition) {
  const auto make = [&](Obligation::Tag tag, std::string name, const Property* property, Term goal, bool trivial) {
    obligations_.push_back(
        {tag, transition.name, std::move(name), property, &transition, goal, {}, trivial || goal->is_true()});
  };
  for (const auto& [property, before] : invariants_) {
    const Term goal = translator_.formula(*property, *transition.after, nullptr);
    make(Obligation::Tag::preservation, property->name, property, goal, goal == before);
  }
  const auto index = static_cast<std::uint32_t>(transition.rule - law_.rules.data());
  for (const Property& property : law_.properties) {
    if (property.tag != Property::Tag::step) continue;
    const bool named = std::find(property.on.begin(), property.on.end(), index) != property.on.end();
    if (!named && !property.on.empty()) continue;
    const Term goal = translator_.formula(property, any_, transition.after.get(),
                                          property.on.size() == 1 ? transition.arguments : std::vector<Value>{});
    make(Obligation::Tag::step, property.name, &property, goal, false);
    if (!named) continue;
    const Term idle = translator_.formula(property, any_, &any_,
                                          property.on.size() == 1 ? transition.arguments : std::vector<Value>{});
    obligations_.back().idle = {smt::name_witnesses(terms_, terms_.negate(idle))};
  }
  make(Obligation::Tag::kept, kKeptFits, nullptr, transition.kept, false);
  for (const Term lemma : transition.lemmas) make(Obligation::Tag::pieces, "pieces.stay", nullptr, lemma, false);
  add_members(transition);
  add_reads(transition);
}

void Problem::add_reads(const Transition& transition) {
  Reading reading(translator_, transition);
  const auto make = [&](const std::vector<Term>& known, Term goal) {
    const Term whole = terms_.implies(terms_.conjunction(known), goal);
    obligations_.push_back(
        {Obligation::Tag::reads, transition.name, kReadsExist, nullptr, &transition, whole, {}, whole->is_true()});
  };
  make(transition.before_items, reading.items_defined());
  if (transition.each != nullptr) make(transition.before_piece, reading.step_defined());
}

void Problem::add_reads_of_properties() {
  for (const Property& property : law_.properties) {
    if (property.tag == Property::Tag::step) continue;
    Frame frame(property.slots);
    const Term goal = translator_.defined(*property.formula, frame, any_);
    obligations_.push_back(
        {Obligation::Tag::reads, property.name, kReadsExist, nullptr, nullptr, goal, {}, goal->is_true()});
  }
}

void Problem::add_members(const Transition& transition) {
  const View& after = *transition.after;
  for (const Count& count : law_.counts) {
    std::vector<Term> goals;
    for (const CountTerm& summand : count.terms) {
      goals.push_back(any_.objects(true, summand.kind, [&](Term member) {
        std::vector<Term> untouched;
        for (const Term touched : transition.after->touched(summand.kind)) {
          untouched.push_back(terms_.differ(member, touched));
        }
        const Term key = any_.field(summand.kind, summand.field, member).parts[0];
        const Term next_key = after.field(summand.kind, summand.field, member).parts[0];
        const Term is = is_member(translator_, any_, summand, member, key);
        const Term becomes = is_member(translator_, after, summand, member, next_key);
        const Term same = terms_.both(terms_.equal(is, becomes), terms_.implies(is, terms_.equal(key, next_key)));
        return terms_.implies(terms_.conjunction(std::move(untouched)), same);
      }));
    }
    const Term goal = terms_.conjunction(std::move(goals));
    obligations_.push_back({Obligation::Tag::members,
                            transition.name,
                            "members." + law_.kinds.at(count.kind).name + "." + count.name,
                            nullptr,
                            &transition,
                            goal,
                            {},
                            goal->is_true()});
  }
}

std::vector<Term> Problem::given(const Obligation& obligation) const {
  // What a reading may assume is in its goal.
  if (obligation.transition == nullptr || obligation.tag == Obligation::Tag::reads) return {};
  return obligation.transition->given;
}

void Problem::assume(smt::Solver& solver, const Obligation& obligation, const Wanted& wanted) const {
  const auto add = [&](const std::vector<Term>& assumptions) {
    for (const Term assumption : assumptions) {
      if (wanted(assumption)) solver.assume(assumption);
    }
  };
  add(environment_);
  if (obligation.tag != Obligation::Tag::initiation) add(hypotheses_);
  if (obligation.tag == Obligation::Tag::reads) add(words_);
  if (const Transition* transition = obligation.transition;
      transition != nullptr && obligation.tag != Obligation::Tag::reads) {
    add(afterwards_[static_cast<std::size_t>(transition - transitions_.data())]);
  }
  for (const Term part : obligation.denial) solver.assume(part);
}

void Problem::assume_all(smt::Solver& solver, const Obligation& obligation) const {
  assume(solver, obligation, [](Term) { return true; });
  if (obligation.tag == Obligation::Tag::initiation) return;
  for (const auto& [property, formula] : invariants_) solver.assume(formula);
  for (const Term given : given(obligation)) solver.assume(given);
}

smt::Answer Problem::refute(const Obligation& obligation, const smt::Budget& budget, Core* core,
                            bool* exhausted) const {
  Core unwanted;
  Core& needs = core != nullptr ? *core : unwanted;
  if (obligation.tag == Obligation::Tag::initiation) {
    smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
    assume_all(solver, obligation);
    const smt::Answer answer = solver.check(budget);
    needs.reason = solver.reason();
    if (exhausted != nullptr) *exhausted = answer == smt::Answer::unknown && solver.exhausted();
    return answer;
  }
  // What follows from a few assumptions follows from all.
  const Selection::Symbols question = selection_.symbols_of(obligation.denial);
  const auto matters = [&](Term assumption) { return selection_.matters(assumption, question); };
  smt::Budget little = budget;
  if (little.resources == 0 || little.resources > kLittle) little.resources = kLittle;
  if (ask(obligation, matters, little, needs, nullptr) == smt::Answer::unsat) {
    if (exhausted != nullptr) *exhausted = false;
    return smt::Answer::unsat;
  }
  return ask(
      obligation, [](Term) { return true; }, budget, needs, exhausted);
}

smt::Answer Problem::ask(const Obligation& obligation, const Wanted& wanted, const smt::Budget& budget, Core& core,
                         bool* exhausted) const {
  smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
  assume(solver, obligation, wanted);
  std::vector<Term> assumptions;
  for (const auto& [property, formula] : invariants_) {
    if (!formula->is_true() && wanted(formula)) assumptions.push_back(formula);
  }
  const std::size_t invariants = assumptions.size();
  for (const Term given : given(obligation)) {
    if (!given->is_true() && wanted(given)) assumptions.push_back(given);
  }
  const smt::Answer answer = solver.check(budget, assumptions);
  core = {};
  core.reason = solver.reason();
  if (exhausted != nullptr) *exhausted = answer == smt::Answer::unknown && solver.exhausted();
  if (answer != smt::Answer::unsat) return answer;
  for (const auto& [property, formula] : invariants_) {
    if (!formula->is_true() && wanted(formula) && solver.needed(formula)) core.invariants.push_back(property);
  }
  for (std::size_t i = invariants; i < assumptions.size(); ++i) core.checks |= solver.needed(assumptions[i]);
  return answer;
}

smt::Answer Problem::idle(const Obligation& obligation, const smt::Budget& budget) const {
  Obligation nothing;
  nothing.transition = obligation.transition;
  nothing.denial = obligation.idle;
  return refute(nothing, budget);
}

smt::Answer Problem::contradict(const Transition& transition, const smt::Budget& budget) const {
  Obligation nothing;
  nothing.transition = &transition;
  smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
  assume_all(solver, nothing);
  return solver.check(budget);
}

smt::Answer Problem::contradict_environment(const smt::Budget& budget) const {
  smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
  for (const Term axiom : alignment_axioms_) solver.assume(axiom);
  for (const Term axiom : environment_) solver.assume(axiom);
  return solver.check(budget);
}

std::string Problem::smt2(const Obligation& obligation) const {
  smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
  assume_all(solver, obligation);
  return solver.smt2();
}

}  // namespace iolaw::induct
