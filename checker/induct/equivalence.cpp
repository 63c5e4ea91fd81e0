// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/equivalence.hpp"

#include "checker/induct/axioms.hpp"
#include "checker/smt/instances.hpp"
#include "checker/smt/skolem.hpp"

namespace iolaw::induct {

Equivalence::Equivalence(const Law& law, const Rule& one, const Rule& other)
    : law_(law), translator_(terms_, law, Environment::any), any_(translator_), failures_(terms_) {
  for (const Kind& kind : law.kinds) kinds_.push_back(kind.name);
  hypotheses_ = alignment_axioms(terms_);
  for (const Term axiom : environment_axioms(translator_, any_)) hypotheses_.push_back(axiom);
  for (const Term axiom : state_axioms(translator_, any_)) hypotheses_.push_back(axiom);
  for (const Term axiom : count_axioms(translator_, any_, nullptr)) hypotheses_.push_back(axiom);
  for (const Property& property : law.properties) {
    if (property.tag != Property::Tag::invariant) continue;
    hypotheses_.push_back(translator_.formula(property, any_, nullptr));
  }
  one_ = transitions_of(translator_, one, any_);
  other_ = transitions_of(translator_, other, any_);
  comparable_ = one_.size() == other_.size();
  if (!comparable_) return;
  if (one_.size() > 1) compare_lets(one, other);
  for (std::size_t i = 0; i < one_.size(); ++i) compare(one_[i], other_[i]);
  smt::Digester digest(terms_);
  const smt::Digest law_digest = digest.all(hypotheses_);
  for (DifferenceQuestion& question : questions_) {
    question.key = smt::mix(smt::mix(law_digest, digest.all(question.given)), digest.all(question.denial));
  }
}

// What a let says may be forgotten where loops change what it reads: both forget the same, if it is the same.
void Equivalence::compare_lets(const Rule& one, const Rule& other) {
  Reading first(translator_, one_.back());
  Reading second(translator_, other_.back());
  for (const Item& item : one.items) {
    if (item.tag != Item::Tag::let) continue;
    for (const Item& counterpart : other.items) {
      if (counterpart.tag != Item::Tag::let || counterpart.slot != item.slot) continue;
      ask_whether(one_.back().before_items, equal(terms_, first.value(*item.expr), second.value(*counterpart.expr)));
    }
  }
}

void Equivalence::compare(const Transition& one, const Transition& other) {
  news_.clear();
  std::vector<Term> news;
  std::vector<const Change*> made;
  for (const Change& change : one.changes->list()) {
    if (change.tag != Effect::Tag::create) continue;
    news.push_back(terms_.negate(any_.lives(change.kind, change.object)));
    news.push_back(terms_.differ(change.object, nobody(terms_, change.kind)));
    for (const Change* before : made) {
      if (before->kind == change.kind) news.push_back(terms_.differ(before->object, change.object));
    }
    made.push_back(&change);
  }
  for (const Change& change : other.changes->list()) {
    if (change.tag != Effect::Tag::create) continue;
    for (const Change*& counterpart : made) {
      if (counterpart == nullptr || counterpart->kind != change.kind) continue;
      news_[change.object] = counterpart->object;
      counterpart = nullptr;
      break;
    }
  }
  Reading first(translator_, one);
  Reading second(translator_, other);
  const Term ends = first.items_outcome(codes_, failures_);
  const Term other_ends = second.items_outcome(codes_, failures_);
  const auto with_news = [&](std::vector<Term> given) {
    given.insert(given.end(), news.begin(), news.end());
    return given;
  };
  if (one.each == nullptr) {
    ask_whether(with_news(one.before_items),
                alike(ends, other_ends, [&] { return same_step(one, other, first, second); }));
    return;
  }
  ask_whether(one.before_items, alike(ends, other_ends, [&] {
                return any_.objects(true, one.each->kind, [&](Term object) {
                  const Term is = first.is_piece(object);
                  const Term same_order = terms_.equal(first.order(object), second.order(object));
                  return terms_.both(terms_.equal(is, second.is_piece(object)), terms_.implies(is, same_order));
                });
              }));
  const Term piece_ends = first.piece_outcome(codes_, failures_);
  const Term other_piece_ends = second.piece_outcome(codes_, failures_);
  ask_whether(with_news(one.before_piece),
              alike(piece_ends, other_piece_ends, [&] { return same_step(one, other, first, second); }));
}

Term Equivalence::alike(Term one, Term other, const std::function<Term()>& then) {
  const Term silent = terms_.equal(one, terms_.number(OutcomeCodes::kUnspecified));
  const Term goes_on = terms_.equal(one, terms_.number(OutcomeCodes::kGoesOn));
  return terms_.either(silent, terms_.both(terms_.equal(one, other), terms_.implies(goes_on, then())));
}

Value Equivalence::renamed(Value value) {
  for (Term& part : value.parts) part = renamed(part);
  return value;
}

Term Equivalence::same_step(const Transition& one, const Transition& other, Reading& first, Reading& second) {
  std::vector<Term> parts{same_state(one, other)};
  if (one.each != nullptr) {
    for (std::size_t i = 0; i < one.each->tallies.size(); ++i) {
      parts.push_back(equal(terms_, first.value(*one.each->tallies[i].summand),
                            renamed(second.value(*other.each->tallies.at(i).summand))));
    }
    return terms_.conjunction(std::move(parts));
  }
  const Term ends = first.late_outcome(codes_);
  parts.push_back(terms_.equal(ends, second.late_outcome(codes_)));
  const Term told = terms_.equal(ends, terms_.number(OutcomeCodes::kGoesOn));
  for (std::size_t i = 0; i < one.rule->results.size(); ++i) {
    const Result& result = one.rule->results[i];
    const Result& counterpart = other.rule->results.at(i);
    const auto kept = [&](Reading& reading, const Result& of) {
      return coerce(terms_, of.value->type, of.type, reading.value(*of.value));
    };
    parts.push_back(terms_.implies(told, equal(terms_, kept(first, result), renamed(kept(second, counterpart)))));
  }
  return terms_.conjunction(std::move(parts));
}

// The same objects live, with the same fields: maps and counts follow from these.
Term Equivalence::same_state(const Transition& one, const Transition& other) {
  std::vector<Term> parts;
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    parts.push_back(any_.objects(true, kind, [&](Term object) {
      const Term lives = one.after->lives(kind, object);
      std::vector<Term> same{terms_.equal(lives, renamed(other.after->lives(kind, object)))};
      for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) {
        const Value here = one.after->field(kind, field, object);
        const Value there = renamed(other.after->field(kind, field, object));
        same.push_back(terms_.implies(lives, equal(terms_, here, there)));
      }
      return terms_.conjunction(std::move(same));
    }));
  }
  return terms_.conjunction(std::move(parts));
}

void Equivalence::ask_whether(std::vector<Term> given, Term same) {
  if (same->is_true()) return;
  DifferenceQuestion question;
  question.given = std::move(given);
  for (const Term definition : failures_.definitions()) question.given.push_back(definition);
  const Term denied = smt::name_witnesses(terms_, terms_.negate(same));
  question.denial.push_back(denied);
  for (const Term reference : smt::ground_references(denied)) {
    question.denial.push_back(terms_.apply("look." + kinds_.at(reference->sort.kind), {reference}, smt::kBoolean));
  }
  questions_.push_back(std::move(question));
}

smt::Answer Equivalence::ask(const DifferenceQuestion& question, const smt::Budget& budget) const {
  smt::Solver solver(terms_, smt::Solver::Logic::quantified, kinds_);
  for (const Term hypothesis : hypotheses_) solver.assume(hypothesis);
  for (const Term given : question.given) solver.assume(given);
  for (const Term part : question.denial) solver.assume(part);
  return solver.check(budget);
}

}  // namespace iolaw::induct
