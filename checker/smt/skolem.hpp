// SPDX-License-Identifier: Apache-2.0
// Names for what an asserted formula says exists.
#pragma once

#include "checker/smt/term.hpp"

namespace iolaw::smt {

// The formula with its outermost existential quantifiers replaced by fresh variables: as satisfiable as before.
Term name_witnesses(Terms& terms, Term formula);

// Whether it is such a variable.
bool is_witness(const Terms& terms, Term term);

}  // namespace iolaw::smt
