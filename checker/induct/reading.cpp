// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/reading.hpp"

namespace iolaw::induct {

int OutcomeCodes::of(const std::vector<int>& errors) {
  return codes_.try_emplace(errors, static_cast<int>(codes_.size()) + 1).first->second;
}

FirstFailures::Named FirstFailures::name(std::uint32_t kind, const std::function<Term(Term)>& code,
                                         const std::function<Term(Term)>& order) {
  // The loop as a whole is the two functions: by these formulas equal loops are known again.
  const auto of_all = [&](const std::function<Term(Term)>& body) {
    return terms_.quantify(true, smt::object_sort(kind), body);
  };
  const Term probe = terms_.variable("first.probe", smt::object_sort(kind));
  const auto [found, added] = named_.try_emplace({code(probe), order(probe)});
  if (!added) return found->second;
  Named& named = found->second;
  named.fails = terms_.fresh("first.fails", smt::kBoolean);
  named.first = terms_.fresh("first.piece", smt::object_sort(kind));
  const Term zero = terms_.number(0);
  definitions_.push_back(
      terms_.either(named.fails, of_all([&](Term piece) { return terms_.equal(code(piece), zero); })));
  definitions_.push_back(
      terms_.implies(named.fails, terms_.both(terms_.differ(code(named.first), zero), of_all([&](Term piece) {
                                                return terms_.either(terms_.equal(code(piece), zero),
                                                                     terms_.at_most(order(named.first), order(piece)));
                                              }))));
  return named;
}

Reading::Reading(Translator& translator, const Transition& transition)
    : translator_(translator),
      terms_(translator.terms()),
      rule_(*transition.rule),
      transition_(transition),
      before_(*transition.before),
      frame_(*transition.frame) {
  if (transition.each != nullptr) {
    piece_ = single(terms_.variable(rule_.name + ".piece", smt::object_sort(transition.each->kind)));
  }
}

Value Reading::value(const Expr& expr) { return translator_.value(expr, frame_, before_); }

Value Reading::chosen(const Item& item) {
  Expr variable;
  variable.op = Op::variable;
  variable.type = item.type;
  variable.index = item.slot;
  return value(variable);
}

Term Reading::meets(const Each& each, Term object) {
  frame_.set(each.slot, single(object));
  const Term lives = before_.lives(each.kind, object);
  return each.where ? terms_.both(lives, formula(*each.where)) : lives;
}

Term Reading::is_piece(Term object) { return meets(*transition_.each, object); }

Term Reading::order(Term object) {
  frame_.set(transition_.each->slot, single(object));
  return value(*transition_.each->order).parts.at(0);
}

Term Reading::items_outcome(OutcomeCodes& codes, FirstFailures& failures) {
  return outcome(nullptr, transition_.begin, transition_.end, codes, failures);
}

Term Reading::piece_outcome(OutcomeCodes& codes, FirstFailures& failures) {
  frame_.set(transition_.each->slot, piece_);
  return outcome(transition_.each, 0, transition_.each->items.size(), codes, failures);
}

Term Reading::outcome(const Each* each, std::size_t from, std::size_t end, OutcomeCodes& codes,
                      FirstFailures& failures) {
  if (from == end) return terms_.number(OutcomeCodes::kGoesOn);
  const Item& item = items(each)[from];
  const auto rest = [&] { return outcome(each, from + 1, end, codes, failures); };
  switch (item.tag) {
    case Item::Tag::let:
      // The frame has those of the rule itself.
      if (each != nullptr) frame_.set_lazy(item.slot, item.expr.get(), &before_, nullptr);
      return rest();
    case Item::Tag::fails:
    case Item::Tag::unspecified: {
      const Branch& branch = rule_.branches.at(item.branch);
      const Term applies = formula(*branch.condition);
      const int code = branch.unspecified ? OutcomeCodes::kUnspecified : codes.of(branch.errors);
      return terms_.conditional(applies, terms_.number(code), rest());
    }
    case Item::Tag::may_fail: {
      // Whether it is refused, where it may be, is the implementation's; one does the same under both of two laws.
      const Branch& branch = rule_.branches.at(item.branch);
      const Term refuses = terms_.variable(rule_.name + ".refuses." + branch.tag, smt::kBoolean);
      const Term code = terms_.number(codes.of(branch.errors));
      return terms_.conditional(terms_.both(formula(*branch.condition), refuses), code, rest());
    }
    case Item::Tag::choose: {
      const Term permitted =
          terms_.both(typed(terms_, translator_.law(), item.type, chosen(item)), formula(*item.expr));
      return terms_.conditional(permitted, rest(), terms_.number(OutcomeCodes::kNotChosen));
    }
    case Item::Tag::each:
      break;
  }
  const Each& loop = rule_.eaches.at(item.each);
  const auto code = [&](Term object) {
    const Term is = meets(loop, object);
    const Term ends = outcome(&loop, 0, loop.items.size(), codes, failures);
    return terms_.conditional(is, ends, terms_.number(OutcomeCodes::kGoesOn));
  };
  const auto order = [&](Term object) {
    frame_.set(loop.slot, single(object));
    return value(*loop.order).parts.at(0);
  };
  const FirstFailures::Named named = failures.name(loop.kind, code, order);
  const Term first = code(named.first);
  return terms_.conditional(named.fails, first, rest());
}

Term Reading::late_outcome(OutcomeCodes& codes) {
  Term ends = terms_.number(OutcomeCodes::kGoesOn);
  for (auto late = rule_.late.rbegin(); late != rule_.late.rend(); ++late) {
    const Branch& branch = rule_.branches.at(*late);
    ends = terms_.conditional(formula(*branch.condition), terms_.number(codes.of(branch.errors)), ends);
  }
  return ends;
}

Term Reading::items_defined() {
  const Each* each = transition_.each;
  return defined(nullptr, transition_.begin, transition_.end, [&] {
    if (each == nullptr) return step_defined();
    return before_.objects(true, each->kind, [&](Term object) {
      frame_.set(each->slot, single(object));
      const Term where = each->where ? expr_defined(*each->where) : terms_.truth(true);
      const Term ordered = each->order ? expr_defined(*each->order) : terms_.truth(true);
      return terms_.implies(before_.lives(each->kind, object),
                            terms_.both(where, terms_.implies(meets(*each, object), ordered)));
    });
  });
}

Term Reading::step_defined() {
  const Each* each = transition_.each;
  const auto effects = [&] {
    std::vector<Term> parts{effects_defined(each != nullptr ? each->effects : rule_.effects)};
    if (each != nullptr) {
      for (const Tally& tally : each->tallies) parts.push_back(expr_defined(*tally.summand));
    } else {
      for (const std::uint32_t late : rule_.late) parts.push_back(expr_defined(*rule_.branches.at(late).condition));
      for (const Result& result : rule_.results) parts.push_back(expr_defined(*result.value));
    }
    return terms_.conjunction(std::move(parts));
  };
  if (each == nullptr) return effects();
  frame_.set(each->slot, piece_);
  return defined(each, 0, each->items.size(), effects);
}

// Each item is read where those before it let the call pass.
Term Reading::defined(const Each* each, std::size_t from, std::size_t end, const Then& then) {
  if (from == end) return then();
  const Item& item = items(each)[from];
  const auto rest = [&] { return defined(each, from + 1, end, then); };
  switch (item.tag) {
    case Item::Tag::let:
      // The frame has those of the rule itself.
      if (each != nullptr) frame_.set_lazy(item.slot, item.expr.get(), &before_, nullptr);
      return rest();
    case Item::Tag::fails:
    case Item::Tag::unspecified: {
      const Expr& condition = *rule_.branches.at(item.branch).condition;
      const Term here = expr_defined(condition);
      return terms_.both(here, terms_.either(formula(condition), rest()));
    }
    case Item::Tag::may_fail:
      return terms_.both(expr_defined(*rule_.branches.at(item.branch).condition), rest());
    case Item::Tag::choose: {
      const Value value = chosen(item);
      Term meant = typed(terms_, translator_.law(), item.type, value);
      if (item.type.tag == TypeTag::reference) {
        meant = terms_.both(meant, before_.lives(item.type.id, value.parts.at(0)));
      }
      return terms_.implies(meant, terms_.both(expr_defined(*item.expr), terms_.implies(formula(*item.expr), rest())));
    }
    case Item::Tag::each:
      break;
  }
  const Each& loop = rule_.eaches.at(item.each);
  const Term pieces = before_.objects(true, loop.kind, [&](Term object) {
    frame_.set(loop.slot, single(object));
    const Term where = loop.where ? expr_defined(*loop.where) : terms_.truth(true);
    const Term is = meets(loop, object);
    const Term inside = defined(&loop, 0, loop.items.size(), [&] {
      std::vector<Term> parts{loop.order ? expr_defined(*loop.order) : terms_.truth(true)};
      for (const Tally& tally : loop.tallies) parts.push_back(expr_defined(*tally.summand));
      return terms_.conjunction(std::move(parts));
    });
    return terms_.implies(before_.lives(loop.kind, object), terms_.both(where, terms_.implies(is, inside)));
  });
  OutcomeCodes codes;
  FirstFailures failures(terms_);
  const Term passes = before_.objects(true, loop.kind, [&](Term object) {
    const Term is = meets(loop, object);
    const Term ends = outcome(&loop, 0, loop.items.size(), codes, failures);
    return terms_.implies(is, terms_.equal(ends, terms_.number(OutcomeCodes::kGoesOn)));
  });
  return terms_.both(pieces, terms_.implies(passes, rest()));
}

Term Reading::effects_defined(const std::vector<Effect>& effects) {
  std::vector<Term> parts;
  for (const Effect& effect : effects) {
    const auto values = [&] {
      std::vector<Term> kept;
      for (const FieldValue& given : effect.values) kept.push_back(expr_defined(*given.value));
      return terms_.conjunction(std::move(kept));
    };
    if (effect.object) {
      const Term object = value(*effect.object).parts.at(0);
      parts.push_back(expr_defined(*effect.object));
      parts.push_back(before_.lives(effect.object->type.id, object));
    }
    const bool bulk = effect.tag == Effect::Tag::destroy_all || effect.tag == Effect::Tag::update_all;
    if (!bulk) {
      parts.push_back(values());
      continue;
    }
    parts.push_back(before_.objects(true, effect.kind, [&](Term object) {
      frame_.set(effect.slot, single(object));
      const Term where = effect.where ? expr_defined(*effect.where) : terms_.truth(true);
      const Term meant = effect.where ? formula(*effect.where) : terms_.truth(true);
      return terms_.implies(before_.lives(effect.kind, object), terms_.both(where, terms_.implies(meant, values())));
    }));
  }
  return terms_.conjunction(std::move(parts));
}

}  // namespace iolaw::induct
