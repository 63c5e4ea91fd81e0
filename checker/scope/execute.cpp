// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/execute.hpp"

namespace iolaw::scope {
namespace {

class Run {
 public:
  Run(Translator& translator, const Rule& rule, const Cells& before, const Sizes& sizes, const std::string& prefix,
      std::vector<Term>& constraints, const std::vector<Value>& given)
      : translator_(translator),
        terms_(translator.terms()),
        law_(translator.law()),
        rule_(rule),
        sizes_(sizes),
        prefix_(prefix),
        constraints_(constraints),
        active_(terms_.truth(true)) {
    result_.rule = &rule;
    result_.taken.assign(rule.branches.size(), terms_.truth(false));
    result_.unspecified = result_.misfit = result_.progress = terms_.truth(false);
    result_.room = terms_.truth(true);
    frame_ = keep(std::make_shared<Frame>(rule.slots));
    enter(before);
    for (const Parameter& parameter : rule.parameters) {
      const std::size_t index = result_.arguments.size();
      const Value value =
          index < given.size() && !given[index].parts.empty()
              ? given[index]
              : any_value(terms_, law_, sizes, parameter.type, prefix + parameter.name, true, constraints);
      frame_->set(static_cast<std::uint32_t>(index), value);
      result_.arguments.push_back(value);
    }
  }

  Execution run() {
    items(rule_.items);
    const ScopeView& before = *view_;
    std::vector<Term> late;
    for (const std::uint32_t branch : rule_.late) {
      late.push_back(translator_.formula(*rule_.branches.at(branch).condition, *frame_, before));
    }
    effects(rule_.effects);
    for (const Result& result : rule_.results) {
      const Value value =
          coerce(terms_, result.value->type, result.type, translator_.value(*result.value, *frame_, before));
      misfit(fits(terms_, law_, result.type, value));
      result_.results.push_back(value);
    }
    result_.progress = terms_.either(result_.progress, active_);
    for (std::size_t i = 0; i < late.size(); ++i) {
      result_.taken.at(rule_.late[i]) = terms_.both(active_, late[i]);
      active_ = terms_.both(active_, terms_.negate(late[i]));
    }
    result_.success = active_;
    result_.after = view_->cells();
    return std::move(result_);
  }

 private:
  template <class T>
  std::shared_ptr<T> keep(std::shared_ptr<T> object) {
    result_.kept.push_back(object);
    return object;
  }

  void enter(const Cells& cells) { view_ = keep(std::make_shared<ScopeView>(translator_, cells)); }
  void misfit(Term fit) { result_.misfit = terms_.either(result_.misfit, terms_.both(active_, terms_.negate(fit))); }

  void items(const std::vector<Item>& list) {
    for (const Item& item : list) {
      switch (item.tag) {
        case Item::Tag::let:
          frame_->set_lazy(item.slot, item.expr.get(), view_.get(), nullptr);
          break;
        case Item::Tag::fails:
        case Item::Tag::unspecified: {
          const Term condition = translator_.formula(*rule_.branches.at(item.branch).condition, *frame_, *view_);
          Term& taken = result_.taken.at(item.branch);
          const Term here = terms_.both(active_, condition);
          taken = terms_.either(taken, here);
          if (item.tag == Item::Tag::unspecified) result_.unspecified = terms_.either(result_.unspecified, here);
          active_ = terms_.both(active_, terms_.negate(condition));
          break;
        }
        case Item::Tag::may_fail: {
          const Term condition = translator_.formula(*rule_.branches.at(item.branch).condition, *frame_, *view_);
          result_.taken.at(item.branch) = terms_.both(active_, condition);
          break;
        }
        case Item::Tag::choose: {
          const Value value = any_value(terms_, law_, sizes_, item.type, prefix_ + item.name, false, constraints_);
          frame_->set(item.slot, value);
          result_.choices.push_back(terms_.implies(active_, translator_.formula(*item.expr, *frame_, *view_)));
          if (item.type.tag == TypeTag::reference && !item.type.maybe) {
            result_.choices.push_back(terms_.implies(active_, view_->lives(item.type.id, value.parts[0])));
          }
          break;
        }
        case Item::Tag::each:
          loop(rule_.eaches.at(item.each));
          break;
      }
    }
  }

  // As many rounds as there are objects: each takes the least piece that is left.
  void loop(const Each& each) {
    const std::size_t size = sizes_.at(each.kind);
    std::vector<Term> left;
    std::vector<Term> order;
    for (const Tally& tally : each.tallies) frame_->set(tally.slot, single(terms_.number(0)));
    for (std::size_t i = 0; i < size; ++i) {
      const Term object = terms_.object(each.kind, static_cast<smt::Integer>(i));
      frame_->set(each.slot, single(object));
      const Term lives = view_->lives(each.kind, object);
      left.push_back(each.where ? terms_.both(lives, translator_.formula(*each.where, *frame_, *view_)) : lives);
      order.push_back(each.order ? translator_.value(*each.order, *frame_, *view_).parts[0] : terms_.number(0));
    }
    for (std::size_t round = 0; round < size; ++round) {
      const Term any = terms_.disjunction(left);
      if (any->is_false()) break;
      Term piece = nobody(terms_, each.kind);
      for (std::size_t i = size; i-- > 0;) {
        std::vector<Term> least{left[i]};
        for (std::size_t j = 0; j < size; ++j) {
          if (j == i) continue;
          const Term before = j < i ? terms_.less(order[i], order[j]) : terms_.at_most(order[i], order[j]);
          least.push_back(terms_.implies(left[j], before));
        }
        const Term chosen = terms_.conjunction(std::move(least));
        piece = terms_.conditional(chosen, terms_.object(each.kind, static_cast<smt::Integer>(i)), piece);
      }
      for (std::size_t i = 0; i < size; ++i) {
        const Term chosen = terms_.equal(piece, terms_.object(each.kind, static_cast<smt::Integer>(i)));
        left[i] = terms_.both(left[i], terms_.negate(chosen));
      }
      frame_->set(each.slot, single(piece));
      one_piece(each, any);
    }
  }

  // The piece is there if `present`; otherwise the loop is over and the call goes on.
  void one_piece(const Each& each, Term present) {
    const Term resting = terms_.both(active_, terms_.negate(present));
    active_ = terms_.both(active_, present);
    items(each.items);
    std::vector<Value> sums;
    for (const Tally& tally : each.tallies) {
      const Term sofar = translator_.value(variable(tally), *frame_, *view_).parts[0];
      const Term summand = translator_.value(*tally.summand, *frame_, *view_).parts[0];
      sums.push_back(single(terms_.add(sofar, terms_.conditional(active_, summand, terms_.number(0)))));
    }
    for (std::size_t i = 0; i < sums.size(); ++i) frame_->set(each.tallies[i].slot, sums[i]);
    effects(each.effects);
    if (!each.effects.empty()) result_.progress = terms_.either(result_.progress, active_);
    active_ = terms_.either(active_, resting);
  }

  static Expr variable(const Tally& tally) {
    Expr expr;
    expr.op = Op::variable;
    expr.type = {.tag = TypeTag::nat};
    expr.index = tally.slot;
    return expr;
  }

  void effects(const std::vector<Effect>& block) {
    if (block.empty()) return;
    // Objects made by this block so far, that the next one of their kind must avoid: the lowest free index is taken.
    std::vector<std::vector<Term>> used(law_.kinds.size());
    const auto fresh = [&](std::uint32_t kind) {
      const auto& rows = view_->cells().kinds.at(kind);
      std::vector<Term>& made = used.at(kind);
      Term object = nobody(terms_, kind);
      for (std::size_t i = rows.size(); i-- > 0;) {
        std::vector<Term> taken{rows[i].lives};
        const Term candidate = terms_.object(kind, static_cast<smt::Integer>(i));
        for (const Term other : made) taken.push_back(terms_.equal(other, candidate));
        object = terms_.conditional(terms_.negate(terms_.disjunction(std::move(taken))), candidate, object);
      }
      made.push_back(object);
      const Term none = terms_.equal(object, nobody(terms_, kind));
      result_.room = terms_.both(result_.room, terms_.negate(terms_.both(active_, none)));
      return object;
    };
    const Changes changes(translator_, block, *frame_, *view_, fresh);
    misfit(kept_fits(changes));
    enter(choose(terms_, active_, after(translator_, *view_, changes), view_->cells()));
  }

  Term kept_fits(const Changes& changes) {
    std::vector<Term> parts{changes.fits()};
    for (const Change& change : changes.list()) {
      if (change.tag != Effect::Tag::create) continue;
      for (std::size_t f = 0; f < change.fields.size(); ++f) {
        if (law_.kinds[change.kind].fields[f].type.tag != TypeTag::pow2) continue;
        parts.push_back(is_pow2(terms_, change.fields[f].parts[0]));
      }
    }
    return terms_.conjunction(std::move(parts));
  }

  Translator& translator_;
  Terms& terms_;
  const Law& law_;
  const Rule& rule_;
  const Sizes& sizes_;
  const std::string& prefix_;
  std::vector<Term>& constraints_;
  Term active_;  // the call has come here
  std::shared_ptr<Frame> frame_;
  std::shared_ptr<ScopeView> view_;
  Execution result_;
};

}  // namespace

Execution execute(Translator& translator, const Rule& rule, const Cells& before, const Sizes& sizes,
                  const std::string& prefix, std::vector<Term>& constraints, const std::vector<Value>& given) {
  return Run(translator, rule, before, sizes, prefix, constraints, given).run();
}

}  // namespace iolaw::scope
