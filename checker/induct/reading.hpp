// SPDX-License-Identifier: Apache-2.0
// What a call meets on its way to a transition: the items of its rule that are read since the loop before, and those of
// a piece. Unlike a Transition, a Reading does not assume that they let the call pass.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "checker/induct/transition.hpp"

namespace iolaw::induct {

// How a call ends, as numbers: 0 goes on, and one for each set of errors.
class OutcomeCodes {
 public:
  static constexpr int kGoesOn = 0;
  static constexpr int kUnspecified = -1;
  static constexpr int kNotChosen = -2;  // no outcome: an implementation does not choose this value
  int of(const std::vector<int>& errors);

 private:
  std::map<std::vector<int>, int> codes_;
};

// The first piece that fails of each loop without effects, named. Equal loops have one name.
class FirstFailures {
 public:
  explicit FirstFailures(Terms& terms) : terms_(terms) {}

  struct Named {
    Term fails = nullptr;  // whether any piece does
    Term first = nullptr;  // if so, the first of them
  };
  // `code(x)` is 0 unless x is a piece that fails, `order(x)` the number by which pieces are ordered.
  Named name(std::uint32_t kind, const std::function<Term(Term)>& code, const std::function<Term(Term)>& order);

  // What the names mean: there is one for every state, so that nothing but names is assumed.
  const std::vector<Term>& definitions() const { return definitions_; }

 private:
  Terms& terms_;
  std::map<std::pair<Term, Term>, Named> named_;
  std::vector<Term> definitions_;
};

class Reading {
 public:
  Reading(Translator& translator, const Transition& transition);

  // That what is read has a value: by the items, and which objects are pieces; or, of the rule itself, by its effects
  // and results. Of a piece apart: by its own items and effects.
  Term items_defined();
  Term step_defined();

  // How the items end, and how those of the piece do; of a piece also which objects are pieces, and in which order.
  Term items_outcome(OutcomeCodes& codes, FirstFailures& failures);
  Term piece_outcome(OutcomeCodes& codes, FirstFailures& failures);
  // How the call ends although its effects are done.
  Term late_outcome(OutcomeCodes& codes);
  Term is_piece(Term object);
  Term order(Term object);
  Value value(const Expr& expr);

 private:
  using Then = std::function<Term()>;
  const std::vector<Item>& items(const Each* each) const { return each != nullptr ? each->items : rule_.items; }
  Term defined(const Each* each, std::size_t from, std::size_t end, const Then& then);
  Term outcome(const Each* each, std::size_t from, std::size_t end, OutcomeCodes& codes, FirstFailures& failures);
  Term effects_defined(const std::vector<Effect>& effects);
  Term formula(const Expr& expr) { return translator_.formula(expr, frame_, before_); }
  Term expr_defined(const Expr& expr) { return translator_.defined(expr, frame_, before_); }
  Term meets(const Each& each, Term object);
  Value chosen(const Item& item);

  Translator& translator_;
  Terms& terms_;
  const Rule& rule_;
  const Transition& transition_;
  const View& before_;
  Frame frame_;
  Value piece_;
};

}  // namespace iolaw::induct
