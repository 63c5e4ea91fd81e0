// SPDX-License-Identifier: Apache-2.0
// Quantifiers over addresses, made finite without loss: along an address the truth of a formula changes only at the
// points where one of its comparisons does, so it is enough to look at the first address and at those points.
#pragma once

#include "checker/smt/term.hpp"

namespace iolaw::smt {

struct Expanded {
  Term term = nullptr;
  bool exact = true;  // false if an address stands where its points are not known (under `aligned`, scaled): then some
                      // addresses may have been overlooked
};

// A term without quantifiers over integers that is equivalent to `term`, where it is asserted: quantifiers that say
// `some` there become fresh variables.
Expanded expand(Terms& terms, Term term);

}  // namespace iolaw::smt
