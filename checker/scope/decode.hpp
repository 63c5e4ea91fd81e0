// SPDX-License-Identifier: Apache-2.0
// Models of a solver as states and calls of the evaluator.
#pragma once

#include "checker/scope/execute.hpp"
#include "checker/smt/solver.hpp"
#include "model/eval/model.hpp"

namespace iolaw::scope {

// The value of a reference in the solver's model: an index, or kNone.
Word decode_object(smt::Solver& solver, Term tree);
State decode_state(const Law& law, smt::Solver& solver, const Cells& cells);
Call decode_call(const Law& law, smt::Solver& solver, const Execution& execution);
// What the implementation answered if it succeeded, which tells its choices.
Outcome decode_outcome(smt::Solver& solver, const Execution& execution);

// The objects and numbers of a model, as a search may wish to have fewer and smaller ones.
struct Wishes {
  explicit Wishes(const Law& law);  // favourites: nothing, a few pages, the law's constants
  std::vector<Term> absent;         // booleans that had better be false
  std::vector<Term> numbers;        // that had better be favourites, or page-aligned
  std::vector<Term> successors;     // numbers whose successor had better be: last addresses
  std::vector<smt::Integer> favourites;
  void want(const Type& type, const Value& value);
};

}  // namespace iolaw::scope
