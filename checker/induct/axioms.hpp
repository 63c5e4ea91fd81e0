// SPDX-License-Identifier: Apache-2.0
// What holds of every state and of every alignment, and is not proved but assumed. Each line is explained in
// doc/proofs.md.
#pragma once

#include "checker/induct/state.hpp"

namespace iolaw::induct {

std::vector<Term> alignment_axioms(Terms& terms);
// What the law assumes of its environment: its axioms, and that given functions give what fits their types.
std::vector<Term> environment_axioms(Translator& translator, const View& state);
// Types, absence, keys of maps: of any state.
std::vector<Term> state_axioms(Translator& translator, const AnyState& state);
// A count is a cardinality. Of a state after a transition only where it differs from `before`.
std::vector<Term> count_axioms(Translator& translator, const View& state, const View* before);

}  // namespace iolaw::induct
