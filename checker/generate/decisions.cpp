// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/decisions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "checker/generate/decision.hpp"
#include "checker/generate/decision_lines.hpp"
#include "checker/generate/formulas.hpp"
#include "checker/generate/inline_defs.hpp"
#include "checker/generate/made_pieces.hpp"
#include "checker/generate/touched.hpp"

namespace iolaw {
namespace {

using Sort = DecisionGoal::Kind;
using When = DecisionGoal::When;

// All decisions of one rule.
class RuleDecisions {
 public:
  RuleDecisions(const Law& law, std::uint32_t index, std::vector<DecisionGoal>& goals, DecisionDetail detail)
      : law_(law),
        index_(index),
        rule_(law.rules[index]),
        inlining_(law, rule_.slots),
        goals_(goals),
        detail_(detail),
        lines_(inlining_, rule_),
        touched_(law) {}

  void run() {
    const std::size_t begin = goals_.size();
    for (const Item& item : rule_.items) {
      switch (item.tag) {
        case Item::Tag::let:
          bind(item);
          break;
        case Item::Tag::fails:
        case Item::Tag::may_fail:
        case Item::Tag::unspecified:
          add_line(item.branch, tag_of(item), nullptr);
          break;
        case Item::Tag::each:
          add_loop(rule_.eaches[item.each]);
          break;
        case Item::Tag::choose:
          unknown_.insert(item.slot);
          break;
      }
    }
    add_effects(rule_.effects, nullptr);
    for (const Result& result : rule_.results) add_inside(result.value, nullptr);
    add_precedence();
    if (detail_ == DecisionDetail::each_part) merge_uses(begin);
    for (std::size_t i = begin; i < goals_.size(); ++i) {
      goals_[i].slots = inlining_.slots();
      lines_.add_given(goals_[i]);
    }
  }

  // Of the lines that run() went through.
  std::vector<DecisionGoal> failures() const {
    std::vector<DecisionGoal> goals;
    for (const DecisionLine& line : lines_.all()) {
      if (line.tag == DecisionLine::Tag::unspecified || !line.is_known()) continue;
      DecisionGoal goal;
      goal.id = branch_id(rule_, line.branch);
      goal.rule = index_;
      goal.branch = line.branch;
      goal.formula = DecisionLines::applies(line);
      goal.slots = inlining_.slots();
      lines_.add_given(goal);
      goals.push_back(std::move(goal));
    }
    return goals;
  }

 private:
  void bind(const Item& let) {
    if (const ExprPtr value = written_out(let.expr)) {
      inlining_.bind(let.slot, value);
    } else {
      unknown_.insert(let.slot);
    }
  }

  // nullptr if it reads what is not known before the call, or would be too large.
  ExprPtr written_out(const ExprPtr& expr) {
    ExprPtr result = inlining_.written_out(expr);
    if (!result) return nullptr;
    const bool unknown =
        std::any_of(unknown_.begin(), unknown_.end(), [&](std::uint32_t slot) { return reads_slot(*result, slot); });
    return unknown ? nullptr : result;
  }

  // Some piece of a loop for which the formula holds.
  static ExprPtr some_piece(const Each& each, const ExprPtr& where, ExprPtr here, const Expr& like) {
    return some_object(each.slot, each.kind, where ? both({where, std::move(here)}, like) : std::move(here), like);
  }

  void add_line(std::uint32_t index, DecisionLine::Tag tag, const Each* each) {
    const Branch& branch = rule_.branches[index];
    DecisionLine line;
    line.branch = index;
    line.tag = tag;
    line.each = each;
    line.condition = written_out(branch.condition);
    if (each != nullptr && each->where) line.where = written_out(each->where);
    if (each != nullptr) line.order = written_out(each->order);
    if (each != nullptr && each->where && !line.where) line.condition = nullptr;
    if (line.condition) line.changed = is_changed(line);
    if (line.changed && each != nullptr && keeps_to_itself(line)) {
      line.survivors = survivors(line);
      line.made = applies_to_made(law_, loops_, *each, line.where, line.condition);
    }
    lines_.add(line);
    if (tag == DecisionLine::Tag::may_fail || !line.condition) return;
    const auto inside = [&](ExprPtr here) {
      return each == nullptr ? here : some_piece(*each, line.where, std::move(here), *branch.condition);
    };
    Decision decision(law_, index_, index, inlining_, goals_, detail_);
    if (branch.unspecified) decision.only_passing();
    branch.unless ? decision.add_unless(line.condition, inside) : decision.add(line.condition, inside);
    if (each != nullptr) decision.add_later_piece(*each, line.where, line.condition);
  }

  // Whether loops before it may have changed what a line reads, or earlier pieces of its own.
  bool is_changed(const DecisionLine& line) const {
    if (touched_.may_change(*line.condition)) return true;
    if (line.each == nullptr) return false;
    if (touched_.populates(line.each->kind) || (line.where && touched_.may_change(*line.where))) return true;
    Touched own(law_);
    own.add(line.each->effects);
    return own.may_change(*line.condition) || takes_pieces(law_, *line.each);
  }

  // Whether no more was changed of what a line of a loop reads than which pieces there are.
  bool keeps_to_itself(const DecisionLine& line) const {
    Touched own(law_);
    own.add(line.each->effects);
    if (own.may_change(*line.condition) || takes_pieces(law_, *line.each)) return false;
    return !touched_.may_change(*line.condition) && !(line.where && touched_.may_change(*line.where));
  }

  // See DecisionLine.
  ExprPtr survivors(const DecisionLine& line) const {
    const Each& each = *line.each;
    std::vector<ExprPtr> parts;
    if (line.where) parts.push_back(line.where);
    for (const WrittenLoop& loop : loops_) {
      Touched some(law_);
      some.add(loop.each->effects);
      if (!some.populates(each.kind)) continue;
      if (loop.each->kind != each.kind || takes_pieces(law_, *loop.each) || !loop.where) return nullptr;
      parts.push_back(negated(renamed(loop.where, loop.each->slot, each.slot)));
    }
    return both(std::move(parts), *line.condition);
  }

  void add_loop(const Each& each) {
    const ExprPtr where = each.where ? written_out(each.where) : nullptr;
    for (const Item& item : each.items) {
      if (item.tag == Item::Tag::let) {
        bind(item);
      } else if (item.tag == Item::Tag::fails || item.tag == Item::Tag::unspecified) {
        add_line(item.branch, tag_of(item), &each);
      }
    }
    if (where) {
      Decision pieces(law_, index_, kSuccess, inlining_, goals_, detail_);
      pieces.of_success();
      pieces.add(where, [&](ExprPtr here) { return some_piece(each, nullptr, std::move(here), *where); });
    }
    add_effects(each.effects, &each);
    loops_.push_back({&each, where && !touched_.may_change(*where) ? where : nullptr, made_by(each)});
    touched_.add(each.effects);
    for (const Tally& tally : each.tallies) unknown_.insert(tally.slot);
  }

  std::vector<WrittenLoop::Made> made_by(const Each& each) {
    std::vector<WrittenLoop::Made> made;
    for (const Effect& effect : each.effects) {
      if (effect.tag != Effect::Tag::create) continue;
      WrittenLoop::Made& one = made.emplace_back();
      one.kind = effect.kind;
      for (const FieldValue& value : effect.values) one.values[value.field] = written_out(value.value);
    }
    return made;
  }

  void add_effects(const std::vector<Effect>& effects, const Each* each) {
    for (const Effect& effect : effects) {
      if (effect.tag == Effect::Tag::create) unknown_.insert(effect.slot);
    }
    const ExprPtr pieces = each != nullptr && each->where ? written_out(each->where) : nullptr;
    if (each != nullptr && each->where && !pieces) return;
    for (const Effect& effect : effects) {
      for (const FieldValue& value : effect.values) add_inside(value.value, each);
      if (!effect.where) continue;
      const ExprPtr where = written_out(effect.where);
      if (!where) continue;
      Decision decision(law_, index_, kSuccess, inlining_, goals_, detail_);
      decision.of_success();
      decision.add(where, [&](ExprPtr here) {
        const ExprPtr some = some_object(effect.slot, effect.kind, std::move(here), *where);
        return each == nullptr ? some : some_piece(*each, pieces, some, *where);
      });
    }
  }

  // The truth values in a value that a success keeps or tells.
  void add_inside(const ExprPtr& value, const Each* each) {
    const ExprPtr whole = written_out(value);
    if (!whole || each != nullptr) return;
    add_truths(whole);
  }

  void add_truths(const ExprPtr& expr) {
    if (expr->type.tag == TypeTag::boolean && !expr->type.maybe) {
      Decision decision(law_, index_, kSuccess, inlining_, goals_, detail_);
      decision.of_success();
      decision.add(expr, [](ExprPtr here) { return here; });
      return;
    }
    if (binds_slot(expr->op)) return;
    for (const ExprPtr& child : expr->children) add_truths(child);
  }

  void add_precedence() {
    const std::vector<DecisionLine>& lines = lines_.all();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (std::size_t j = i + 1; j < lines.size(); ++j) {
        const bool fail = lines[i].tag == DecisionLine::Tag::fails && lines[j].tag == DecisionLine::Tag::fails;
        if (!fail || !lines[i].condition || !lines[j].condition) continue;
        const Branch& first = rule_.branches[lines[i].branch];
        const Branch& second = rule_.branches[lines[j].branch];
        if (first.errors == second.errors) continue;
        Decision decision(law_, index_, lines[i].branch, inlining_, goals_, detail_);
        decision.add_goal(
            Sort::precedence, fmt::format("comes before {}", second.tag), When::ends,
            both({DecisionLines::applies(lines[i]), DecisionLines::applies(lines[j])}, *lines[j].condition));
      }
    }
  }

  // Uses of one def by one decision: a call that shows one of them shows the goal.
  void merge_uses(std::size_t begin) {
    using Key = std::tuple<std::uint32_t, std::string, When, const Expr*>;
    std::map<Key, std::vector<ExprPtr>> uses;
    const auto key = [](const DecisionGoal& goal) { return Key{goal.branch, goal.id, goal.when, goal.part}; };
    for (std::size_t i = begin; i < goals_.size(); ++i) uses[key(goals_[i])].push_back(goals_[i].formula);
    const auto is_later_use = [&](DecisionGoal& goal) {
      if (goal.part == nullptr) return false;
      std::vector<ExprPtr>& all = uses[key(goal)];
      if (all.empty()) return true;
      if (all.size() > 1) goal.formula = formula_node(Op::disjunction, std::move(all), *goal.formula);
      all.clear();
      return false;
    };
    const auto first = goals_.begin() + static_cast<std::ptrdiff_t>(begin);
    goals_.erase(std::remove_if(first, goals_.end(), is_later_use), goals_.end());
  }

  static DecisionLine::Tag tag_of(const Item& item) {
    if (item.tag == Item::Tag::unspecified) return DecisionLine::Tag::unspecified;
    return item.tag == Item::Tag::may_fail ? DecisionLine::Tag::may_fail : DecisionLine::Tag::fails;
  }

  const Law& law_;
  std::uint32_t index_;
  const Rule& rule_;
  InlineDefs inlining_;
  std::vector<DecisionGoal>& goals_;
  DecisionDetail detail_;
  DecisionLines lines_;
  std::vector<WrittenLoop> loops_;   // so far
  Touched touched_;                  // by these
  std::set<std::uint32_t> unknown_;  // slots that are not known before the call
};

}  // namespace

std::string_view kind_name(DecisionGoal::Kind kind) {
  switch (kind) {
    case Sort::boundary:
      return "boundary";
    case Sort::condition:
      return "condition";
    case Sort::precedence:
      return "precedence";
  }
  return {};
}

std::vector<DecisionGoal> list_decisions(const Law& law, DecisionDetail detail) {
  std::vector<DecisionGoal> goals;
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) RuleDecisions(law, rule, goals, detail).run();
  // Parts of one text, in defs that are used twice or words that stand for several: numbered.
  std::map<std::string, std::uint32_t> times;
  for (DecisionGoal& goal : goals) {
    const std::uint32_t time = ++times[goal.id];
    if (time > 1) goal.id += fmt::format(" ({})", time);
  }
  return goals;
}

std::vector<DecisionGoal> list_failures(const Law& law) {
  std::vector<DecisionGoal> failures;
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    std::vector<DecisionGoal> decisions;
    RuleDecisions of_rule(law, rule, decisions, DecisionDetail::every_use);
    of_rule.run();
    for (DecisionGoal& failure : of_rule.failures()) failures.push_back(std::move(failure));
  }
  return failures;
}

}  // namespace iolaw
