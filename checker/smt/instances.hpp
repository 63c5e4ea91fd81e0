// SPDX-License-Identifier: Apache-2.0
// What a solver would have to guess: instances of what is said of every number or object, at terms that are there
// already.
#pragma once

#include <vector>

#include "checker/smt/term.hpp"

namespace iolaw::smt {

// What a formula about all says where one of its variables is `point`; still about all others.
Term instance(Terms& terms, Term all, std::size_t variable, Term point);

// The formula, with what it says of every number (or object) said once more of each of the terms of that sort: as true
// as before. Looks inside conjunctions and disjunctions, at binders of one variable.
Term with_instances(Terms& terms, Term formula, const std::vector<Term>& at);

// The terms without bound variables that occur in a formula: applications of functions that give objects;
std::vector<Term> ground_references(Term formula);

// these and variables of objects;
std::vector<Term> ground_objects(Term formula);

// integer variables, and multiples of a unit that lie below a term.
std::vector<Term> ground_numbers(Term formula);

}  // namespace iolaw::smt
