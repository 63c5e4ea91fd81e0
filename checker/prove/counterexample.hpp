// SPDX-License-Identifier: Apache-2.0
// What is wrong with an obligation that was not proved: quantifiers prove, finite scopes refute.
#pragma once

#include "checker/induct/problem.hpp"
#include "checker/prove/prove.hpp"

namespace iolaw {

// Sets the verdict, and what shows it: a trace from the initial state if one is found, else a counterexample to
// induction. In a law of few rules the solver looks for the shortest trace, with any numbers. In a larger one the
// evaluator looks for the shortest in a scope; where that ends too early, random runs may find one, which is shortened.
void find_counterexample(const Model& model, const induct::Obligation& obligation,
                         std::chrono::milliseconds search_time, Finding& finding);

}  // namespace iolaw
