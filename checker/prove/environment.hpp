// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checker/induct/problem.hpp"
#include "checker/prove/prove.hpp"

namespace iolaw {

// Whether the instance meets each axiom, which also shows that they contradict nothing: exactly by the evaluator or by
// the solver, or, failing both, on samples (bounded). `vacuous` where the axioms contradict each other.
std::vector<Finding> check_axioms(const Law& law, const induct::Problem& problem, const smt::Budget& budget);

}  // namespace iolaw
