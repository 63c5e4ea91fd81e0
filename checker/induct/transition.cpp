// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/transition.hpp"

#include <algorithm>

namespace iolaw::induct {
namespace {

class Builder {
 public:
  Builder(Translator& translator, const Rule& rule, const View& before)
      : translator_(translator), terms_(translator.terms()), law_(translator.law()), rule_(rule), before_(before) {
    for (const Parameter& parameter : rule.parameters) {
      arguments_.push_back(unknown(rule.name + "." + parameter.name, parameter.type));
      given_.push_back(typed(terms_, law_, parameter.type, arguments_.back()));
    }
  }

  std::vector<Transition> build() {
    std::vector<Transition> result;
    for (std::size_t i = 0; i < rule_.items.size(); ++i) {
      if (rule_.items[i].tag != Item::Tag::each) continue;
      const Each& each = rule_.eaches.at(rule_.items[i].each);
      if (each.effects.empty()) continue;
      result.push_back(piece(each, i));
      pieces_.push_back(result.back().after.get());
      last_loop_ = i;
      next_item_ = i + 1;
    }
    result.push_back(tail());
    return result;
  }

 private:
  Value unknown(const std::string& name, const Type& type) {
    Value value;
    for (const smt::Sort sort : parts_of(law_, type)) {
      value.parts.push_back(terms_.variable(name + part_name(law_, type, value.parts.size()), sort));
    }
    return value;
  }

  // What the items before `end` say where they succeed, read in `state`; a frame with the lets and choices.
  struct Passed {
    std::unique_ptr<Frame> frame;
    std::vector<Term> checks;
  };
  Passed pass(std::size_t end, const View& state) {
    Passed passed{std::make_unique<Frame>(rule_.slots), {}};
    for (std::size_t i = 0; i < arguments_.size(); ++i) passed.frame->set(static_cast<std::uint32_t>(i), arguments_[i]);
    for (std::size_t i = 0; i < end; ++i) {
      const Item& item = rule_.items[i];
      switch (item.tag) {
        case Item::Tag::let:
          passed.frame->set_lazy(item.slot, item.expr.get(), &state, nullptr);
          break;
        case Item::Tag::may_fail:
          passed.checks.push_back(terms_.truth(true));  // where it applies, the call may go on
          break;
        case Item::Tag::fails:
        case Item::Tag::unspecified:
          passed.checks.push_back(
              terms_.negate(translator_.formula(*rule_.branches.at(item.branch).condition, *passed.frame, state)));
          break;
        case Item::Tag::choose: {
          const Value value = unknown(rule_.name + "." + item.name, item.type);
          passed.frame->set(item.slot, value);
          // Only what lives is there to be chosen.
          const bool is_object = item.type.tag == TypeTag::reference && !item.type.maybe;
          const Term there =
              is_object ? state.lives(item.type.id, value.parts[0]) : typed(terms_, law_, item.type, value);
          passed.checks.push_back(terms_.both(there, translator_.formula(*item.expr, *passed.frame, state)));
          break;
        }
        case Item::Tag::each:
          passed.checks.push_back(all_pass(rule_.eaches.at(item.each), *passed.frame, state));
          break;
      }
    }
    return passed;
  }

  // After a loop: if it has no effects, no piece fails; if each piece destroys itself, none is left.
  Term all_pass(const Each& each, Frame& frame, const View& state) {
    for (const Tally& tally : each.tallies) {
      frame.set(tally.slot, unknown(rule_.name + "." + tally.name, {.tag = TypeTag::nat}));
    }
    const bool none_left = destroys_itself(each);
    if (!each.effects.empty() && !none_left) return terms_.truth(true);
    return state.objects(true, each.kind, [&](Term object) {
      frame.set(each.slot, single(object));
      const Term is_piece = terms_.both(state.lives(each.kind, object), meets(each, frame, state));
      if (none_left) return terms_.negate(is_piece);
      return terms_.implies(is_piece, terms_.conjunction(piece_checks(each, frame, state)));
    });
  }

  Term meets(const Each& each, Frame& frame, const View& state) {
    return each.where ? translator_.formula(*each.where, frame, state) : terms_.truth(true);
  }

  std::vector<Term> piece_checks(const Each& each, Frame& frame, const View& state) {
    std::vector<Term> checks;
    for (const Item& item : each.items) {
      if (item.tag == Item::Tag::let) frame.set_lazy(item.slot, item.expr.get(), &state, nullptr);
      if (item.tag != Item::Tag::fails && item.tag != Item::Tag::unspecified) continue;
      checks.push_back(terms_.negate(translator_.formula(*rule_.branches.at(item.branch).condition, frame, state)));
    }
    return checks;
  }

  static bool destroys_itself(const Each& each) {
    const auto itself = [&](const Effect& effect) {
      return effect.tag == Effect::Tag::destroy && effect.object->op == Op::variable &&
             effect.object->index == each.slot;
    };
    const auto another = [&](const Effect& effect) {
      return effect.tag == Effect::Tag::create && effect.kind == each.kind;
    };
    return std::any_of(each.effects.begin(), each.effects.end(), itself) &&
           std::none_of(each.effects.begin(), each.effects.end(), another);
  }

  // The checks of the items before `end` that hold still after the loops: those that stand after the last one (`fresh`
  // and later), and those that no piece touches.
  std::vector<Term> still(std::size_t end, std::size_t fresh, const std::vector<const View*>& pieces) {
    const Passed now = pass(end, before_);
    std::vector<Passed> then;
    for (const View* view : pieces) then.push_back(pass(end, *view));
    std::vector<Term> kept;
    std::size_t check = 0;
    for (std::size_t i = 0; i < end; ++i) {
      if (rule_.items[i].tag == Item::Tag::let) continue;
      const auto same = [&](const Passed& p) { return p.checks[check] == now.checks[check]; };
      if (i >= fresh || std::all_of(then.begin(), then.end(), same)) kept.push_back(now.checks[check]);
      ++check;
    }
    return kept;
  }

  void apply(Transition& transition, const std::vector<Effect>& effects) {
    std::vector<Change> news;
    const auto fresh = [&](std::uint32_t kind) {
      return terms_.fresh(rule_.name + ".new." + law_.kinds.at(kind).name, smt::object_sort(kind));
    };
    transition.before = &before_;
    transition.changes = std::make_unique<Changes>(translator_, effects, *transition.frame, before_, fresh);
    for (const Change& change : transition.changes->list()) {
      if (change.tag != Effect::Tag::create) continue;
      transition.given.push_back(terms_.negate(before_.lives(change.kind, change.object)));
      transition.given.push_back(terms_.differ(change.object, nobody(terms_, change.kind)));
      for (const Change& other : news) {
        if (other.kind == change.kind) transition.given.push_back(terms_.differ(change.object, other.object));
      }
      news.push_back(change);
    }
    transition.after = std::make_unique<NextState>(translator_, *transition.changes);
    transition.changes->set_after(*transition.after);
    transition.kept = transition.changes->fits();
  }

  Transition start(std::string name, std::size_t end) {
    Transition transition;
    transition.rule = &rule_;
    transition.name = std::move(name);
    transition.arguments = arguments_;
    transition.given = given_;
    transition.begin = next_item_;
    transition.end = end;
    transition.before_items = given_;
    if (next_item_ > 0) {
      for (const Term check : still(next_item_, last_loop_, pieces_)) transition.before_items.push_back(check);
    }
    return transition;
  }

  Transition piece(const Each& each, std::size_t item) {
    Transition transition = start(rule_.name + " (each " + rule_.slot_names.at(each.slot) + ")", item);
    transition.each = &each;
    Passed passed = pass(item, before_);
    transition.frame = std::move(passed.frame);
    Frame& frame = *transition.frame;
    const Term object = terms_.variable(rule_.name + ".piece", smt::object_sort(each.kind));
    frame.set(each.slot, single(object));
    for (const Tally& tally : each.tallies)
      frame.set(tally.slot, unknown(rule_.name + "." + tally.name, {.tag = TypeTag::nat}));
    const auto is_piece = [&](const View& state, Term other) {
      Frame here(*pass(item, state).frame);
      here.set(each.slot, single(other));
      return terms_.both(state.lives(each.kind, other), meets(each, here, state));
    };
    transition.given.push_back(is_piece(before_, object));
    add_sums(transition);
    transition.before_piece = transition.given;
    for (const Term check : piece_checks(each, frame, before_)) transition.given.push_back(check);
    apply(transition, each.effects);
    for (const Tally& tally : each.tallies) {
      const Term summand = translator_.value(*tally.summand, frame, before_).parts[0];
      transition.kept = terms_.both(transition.kept, terms_.at_most(terms_.number(0), summand));
    }
    std::vector<const View*> later = pieces_;
    later.push_back(transition.after.get());
    for (const Term check : still(item, rule_.items.size(), later)) {
      transition.given.push_back(check);
      transition.before_piece.push_back(check);
    }
    transition.lemmas.push_back(before_.objects(true, each.kind, [&](Term other) {
      const Term same = terms_.equal(is_piece(before_, other), is_piece(*transition.after, other));
      return terms_.implies(terms_.differ(other, object), same);
    }));
    return transition;
  }

  // Of success, and of the failures that keep the effects: nothing is assumed of what tells them apart.
  Transition tail() {
    Transition transition = start(rule_.name, rule_.items.size());
    Passed passed = pass(rule_.items.size(), before_);
    transition.frame = std::move(passed.frame);
    for (const Term check : still(rule_.items.size(), last_loop_, pieces_)) transition.given.push_back(check);
    forget_lets(*transition.frame);
    add_sums(transition);
    apply(transition, rule_.effects);
    for (const Result& result : rule_.results) {
      const Value value =
          coerce(terms_, result.value->type, result.type, translator_.value(*result.value, *transition.frame, before_));
      transition.kept = terms_.both(transition.kept, fits(terms_, law_, result.type, value));
    }
    return transition;
  }

  // What pieces add up is never negative: no summand is, which is proved of every piece.
  void add_sums(Transition& transition) {
    for (const Each& each : rule_.eaches) {
      if (each.effects.empty()) continue;  // no step of its own, so that nothing is proved of its summands
      for (const Tally& tally : each.tallies) {
        const Value sum = unknown(rule_.name + "." + tally.name, {.tag = TypeTag::nat});
        transition.given.push_back(terms_.at_most(terms_.number(0), sum.parts[0]));
      }
    }
  }

  // A let that stands before a loop and reads what the pieces change has a value that the proof does not know.
  void forget_lets(Frame& frame) {
    for (const Item& item : rule_.items) {
      if (item.tag != Item::Tag::let || pieces_.empty()) continue;
      const auto read = [&](const View& view) {
        return translator_.value(*item.expr, *pass(rule_.items.size(), view).frame, view);
      };
      const Value now = read(before_);
      const bool same =
          std::all_of(pieces_.begin(), pieces_.end(), [&](const View* view) { return read(*view) == now; });
      if (!same) frame.set(item.slot, unknown(rule_.name + "." + item.name, item.expr->type));
    }
  }

  Translator& translator_;
  Terms& terms_;
  const Law& law_;
  const Rule& rule_;
  const View& before_;
  std::vector<Value> arguments_;
  std::vector<Term> given_;
  std::size_t last_loop_ = 0;        // the item of the last loop with effects so far
  std::size_t next_item_ = 0;        // the item after it; 0 if there was none
  std::vector<const View*> pieces_;  // the states after a piece of each loop so far
};

}  // namespace

std::vector<Transition> transitions_of(Translator& translator, const Rule& rule, const View& before) {
  return Builder(translator, rule, before).build();
}

}  // namespace iolaw::induct
