// SPDX-License-Identifier: Apache-2.0
// The lines of a failure table in the order in which a call tries them, and what holds before a call that gets so far.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/generate/decisions.hpp"
#include "checker/generate/inline_defs.hpp"

namespace iolaw {

struct DecisionLine {
  enum class Tag : std::uint8_t { fails, may_fail, unspecified };
  std::uint32_t branch = 0;
  Tag tag = Tag::fails;
  const Each* each = nullptr;  // of a line of a loop
  ExprPtr condition;           // of the call, or of the piece in the slot of `each`; null: it cannot be written out
  ExprPtr where;               // which objects are pieces; null: all of the kind
  ExprPtr order;               // of the pieces
  bool changed = false;        // what came before may have changed what it reads
  // Where earlier loops do no more to objects of the kind than end their own pieces and make new ones: which objects
  // are pieces nevertheless, as they were before the call. Others may be pieces, too. Else null.
  ExprPtr survivors;
  // And that it applies to an object that such a loop made, for each that can be said so.
  std::vector<ExprPtr> made;

  // What the state before the call says of the line.
  bool is_known() const { return condition != nullptr && !changed; }
};

// Of one rule.
class DecisionLines {
 public:
  // Binds slots of its own for pieces before others.
  DecisionLines(InlineDefs& inlining, const Rule& rule) : inlining_(inlining), rule_(rule) {}

  void add(DecisionLine line);
  const std::vector<DecisionLine>& all() const { return lines_; }

  // The line applies: to the call, or to some piece. The condition must be there.
  static ExprPtr applies(const DecisionLine& line);

  // Fills in what the goal's call says of the other lines. No line is said to apply or not where only its loop's order
  // decides whether it is asked; lines of which nothing is known before the call are left out.
  void add_given(DecisionGoal& goal) const;

 private:
  using Place = std::vector<DecisionLine>::const_iterator;

  void add_before(DecisionGoal& goal, Place own) const;
  ExprPtr has_first_piece(Place own) const;
  ExprPtr loop_ends_here(Place own) const;
  ExprPtr loop_goes_on(Place own) const;
  void add_stops(DecisionGoal& goal, Place own) const;
  ExprPtr stops_before(Place own, Place stop) const;

  std::vector<ExprPtr> known_of_loop(const Each& each, std::uint32_t slot) const;
  ExprPtr no_piece_before(Place own) const;

  InlineDefs& inlining_;
  const Rule& rule_;
  std::vector<DecisionLine> lines_;
  std::vector<std::uint32_t> earlier_;  // parallel: the slot of an earlier piece
};

}  // namespace iolaw
