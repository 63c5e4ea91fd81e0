// SPDX-License-Identifier: Apache-2.0
// What an asserted formula says of the objects and numbers that it names alone: so much less that a solver needs no
// guesses, and often enough for a contradiction.
#pragma once

#include <set>
#include <vector>

#include "checker/smt/term.hpp"

namespace iolaw::smt {

// The formula with a name for each condition inside its terms that speaks of all or some and reads no variable that is
// bound outside, and what these names mean: contradictory where the formula is. Equal conditions get one name, however
// deep they stand.
Term with_named_conditions(Terms& terms, Term formula);

// The formula without what it says of all or some: follows from it. Witnesses should have names, and conditions inside
// terms.
Term ground_part(Terms& terms, Term formula);

// The multiple of the unit that lies at or below `x`, if it is told so: a function of `x` times the unit.
Term multiple_below(Terms& terms, Integer unit, Term x);

// Of each number that the formula asks for its remainder by a unit, which is one of `units`: that it lies less than a
// unit above a multiple of it. True, and exact.
std::vector<Term> exact_alignments(Terms& terms, Term formula, const std::set<Integer>& units);

}  // namespace iolaw::smt
