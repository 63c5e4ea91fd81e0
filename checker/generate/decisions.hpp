// SPDX-License-Identifier: Apache-2.0
// What a suite must show of the decisions of a law, beyond each outcome once: both sides of every boundary, that each
// condition decides alone, and which of two failures comes first.
//
// A decision is the condition of a line of a failure table, or a condition that says what a success does: which objects
// a loop or an effect is about, what a result tells. Calls of defs and variables of lets are written out first, so that
// a def is tested once for each rule that uses it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

struct DecisionGoal {
  enum class Kind : std::uint8_t {
    boundary,    // a comparison that decides alone, with numbers just below, at, or just above each other
    condition,   // a condition that decides alone: true, or false; or on which each address rests that is looked for
    precedence,  // a later failure applies too
  };
  enum class When : std::uint8_t {
    ends,    // the call ends by `branch`
    passes,  // the call ends by a later line, or succeeds
  };
  Kind kind = Kind::condition;
  std::string id;  // "ioas.map.wrap: `overflows(span.last)` holds alone"
  std::uint32_t rule = 0;
  std::uint32_t branch = kSuccess;
  When when = When::ends;
  ExprPtr formula;              // over the rule's parameters and further slots of its own; read before the call
  std::vector<ExprPtr> given;   // likewise: what else holds before every call that ends so, as far as it can be said
  std::vector<ExprPtr> forced;  // and before one that nobody may refuse
  std::uint32_t slots = 0;      // of the formulas
  const Expr* part = nullptr;   // of the law's text, that decides; null where several parts do
  bool late = false;            // of a success: a call that fails when its effects are done shows it, too
};

inline constexpr std::size_t kDecisionKinds = 3;
std::string_view kind_name(DecisionGoal::Kind kind);

enum class DecisionDetail : std::uint8_t {
  every_use,  // a goal for each use of a def, whether or not numbers can be so: what a search for cases aims at
  each_part,  // a decision that uses a def several times shows each part of it once, and what types of numbers exclude
              // is left out: what a suite is measured by
};

// In the order of the law. Not listed: what is decided after an implementation chose or may have refused, by a sum over
// pieces, or about several objects at once beyond one level; precedence of failures with equal errnos, which no test
// could tell apart.
std::vector<DecisionGoal> list_decisions(const Law& law, DecisionDetail detail = DecisionDetail::every_use);

// That a call ends by a line: a goal for each that reads nothing which is not known before the call. In the order of
// the law, named "ioas.map.overlap".
std::vector<DecisionGoal> list_failures(const Law& law);

}  // namespace iolaw
