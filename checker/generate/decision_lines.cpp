// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/decision_lines.hpp"

#include <algorithm>

#include "checker/generate/formulas.hpp"

namespace iolaw {
namespace {

using Line = DecisionLine;

ExprPtr either(std::vector<ExprPtr> parts, const Expr& like) {
  return parts.size() == 1 ? parts.front() : formula_node(Op::disjunction, std::move(parts), like);
}

ExprPtr some_piece_of(const Line& line, ExprPtr formula) {
  const Expr& like = *line.condition;
  if (line.where) formula = both({line.where, std::move(formula)}, like);
  return some_object(line.each->slot, line.each->kind, std::move(formula), like);
}

}  // namespace

void DecisionLines::add(DecisionLine line) {
  std::uint32_t earlier = 0;
  if (line.each != nullptr) {
    const bool first = lines_.empty() || lines_.back().each != line.each;
    earlier = first ? inlining_.fresh_slot() : earlier_.back();
  }
  lines_.push_back(std::move(line));
  earlier_.push_back(earlier);
}

ExprPtr DecisionLines::applies(const DecisionLine& line) {
  return line.each == nullptr ? line.condition : some_piece_of(line, line.condition);
}

void DecisionLines::add_given(DecisionGoal& goal) const {
  const auto own =
      std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) { return line.branch == goal.branch; });
  add_before(goal, own);
  if (own == lines_.end()) return;
  if (goal.when == DecisionGoal::When::ends) {
    if (!own->is_known()) return;
    if (own->each == nullptr) {
      goal.given.push_back(own->condition);
    } else {
      goal.given.push_back(loop_ends_here(own));
    }
    return;
  }
  if (own->each != nullptr) {
    if (const ExprPtr formula = own->is_known() ? loop_goes_on(own) : nullptr) {
      goal.given.push_back(formula);
      if (const ExprPtr first = has_first_piece(own)) goal.given.push_back(first);
    }
  } else if (own->is_known()) {
    goal.given.push_back(negated(own->condition));
  }
  add_stops(goal, own);
}

// Lines that were passed altogether: those of the goal's own loop were not.
void DecisionLines::add_before(DecisionGoal& goal, Place own) const {
  for (auto line = lines_.begin(); line != own; ++line) {
    if (own != lines_.end() && own->each != nullptr && line->each == own->each) continue;
    if (line->is_known()) {
      (line->tag == Line::Tag::may_fail ? goal.forced : goal.given).push_back(negated(applies(*line)));
      continue;
    }
    if (line->condition && line->survivors) {
      const Expr& like = *line->condition;
      ExprPtr applies_there = both({line->survivors, line->condition}, like);
      goal.given.push_back(negated(some_object(line->each->slot, line->each->kind, std::move(applies_there), like)));
    }
    for (const ExprPtr& formula : line->made) goal.given.push_back(negated(formula));
  }
}

std::vector<ExprPtr> DecisionLines::known_of_loop(const Each& each, std::uint32_t slot) const {
  std::vector<ExprPtr> known;
  for (const Line& line : lines_) {
    if (line.each == &each && line.is_known()) known.push_back(renamed(line.condition, each.slot, slot));
  }
  return known;
}

// To no piece before the one in the slot of the loop a line of the loop applies.
ExprPtr DecisionLines::no_piece_before(Place own) const {
  const Expr& like = *own->condition;
  if (!own->order) return nullptr;
  const std::uint32_t earlier = earlier_[static_cast<std::size_t>(own - lines_.begin())];
  const auto of_earlier = [&](const ExprPtr& expr) { return renamed(expr, own->each->slot, earlier); };
  std::vector<ExprPtr> parts;
  if (own->where) parts.push_back(of_earlier(own->where));
  parts.push_back(formula_node(Op::less, {of_earlier(own->order), own->order}, like));
  parts.push_back(either(known_of_loop(*own->each, earlier), like));
  return negated(some_object(earlier, own->each->kind, both(std::move(parts), like), like));
}

// No more than finitely many objects live: of the pieces, if there are any, one comes before all others.
ExprPtr DecisionLines::has_first_piece(Place own) const {
  if (!own->order || !own->where) return nullptr;
  const Expr& like = *own->condition;
  const std::uint32_t slot = own->each->slot;
  const std::uint32_t earlier = earlier_[static_cast<std::size_t>(own - lines_.begin())];
  const ExprPtr before = formula_node(Op::less, {renamed(own->order, slot, earlier), own->order}, like);
  const ExprPtr some_before =
      some_object(earlier, own->each->kind, both({renamed(own->where, slot, earlier), before}, like), like);
  const ExprPtr first = some_object(slot, own->each->kind, both({own->where, negated(some_before)}, like), like);
  return either({negated(some_object(slot, own->each->kind, own->where, like)), first}, like);
}

ExprPtr DecisionLines::loop_ends_here(Place own) const {
  const Expr& like = *own->condition;
  std::vector<ExprPtr> parts;
  for (auto line = lines_.begin(); line != own; ++line) {
    if (line->each == own->each && line->is_known()) parts.push_back(negated(line->condition));
  }
  parts.push_back(own->condition);
  if (ExprPtr before = no_piece_before(own)) parts.push_back(std::move(before));
  return some_piece_of(*own, both(std::move(parts), like));
}

// It ends by a later line, at the first piece to which a line applies; or no line applies to any piece.
ExprPtr DecisionLines::loop_goes_on(Place own) const {
  const Expr& like = *own->condition;
  std::vector<ExprPtr> here;
  std::vector<ExprPtr> later;
  for (auto line = lines_.begin(); line != lines_.end(); ++line) {
    if (line->each != own->each) continue;
    if (line <= own) {
      if (line->is_known()) here.push_back(negated(line->condition));
    } else if (!line->is_known()) {
      return nullptr;
    } else if (line->tag == Line::Tag::fails) {
      later.push_back(line->condition);
    }
  }
  ExprPtr passed = negated(some_piece_of(*own, either(known_of_loop(*own->each, own->each->slot), like)));
  if (later.empty()) return passed;
  here.push_back(either(std::move(later), like));
  if (ExprPtr before = no_piece_before(own)) here.push_back(std::move(before));
  return either({std::move(passed), some_piece_of(*own, both(std::move(here), like))}, like);
}

// A call that passes its line meets no later line at which the law is silent, nor, where nobody may refuse it, one at
// which it may be refused: another line ends it before, or that one does not apply.
void DecisionLines::add_stops(DecisionGoal& goal, Place own) const {
  for (auto stop = own + 1; stop != lines_.end(); ++stop) {
    if (stop->tag == Line::Tag::fails || !stop->is_known() || stop->each != nullptr) continue;
    if (const ExprPtr formula = stops_before(own, stop)) {
      (stop->tag == Line::Tag::may_fail ? goal.forced : goal.given).push_back(formula);
    }
  }
}

// nullptr if a line between is not known.
ExprPtr DecisionLines::stops_before(Place own, Place stop) const {
  std::vector<ExprPtr> ways{negated(stop->condition)};
  for (auto line = own + 1; line != stop; ++line) {
    if (line->tag != Line::Tag::fails) continue;
    if (!line->is_known()) return nullptr;
    ways.push_back(applies(*line));
  }
  return either(std::move(ways), *stop->condition);
}

}  // namespace iolaw
