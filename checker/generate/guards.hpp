// SPDX-License-Identifier: Apache-2.0
// What must live for a formula to have a value.
#pragma once

#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// For each object that the formula reads: that it lives, wherever the parts before say that it is read. In an order in
// which each has a value if those before it hold. Objects that a quantifier binds, or that are reached from one, are
// left out. Rests on the formula holding: of `a and b`, both are read.
std::vector<ExprPtr> guards_of(const ExprPtr& formula);

}  // namespace iolaw
