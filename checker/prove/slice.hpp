// SPDX-License-Identifier: Apache-2.0
// Parts of a law that have nothing to do with each other: what one reaches does not depend on calls of another.
#pragma once

#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// The law once for each part, with the rules and covers of that part only. Kinds, defs and what else has an index stay;
// invariants and steps are left out.
std::vector<Law> slices(const Law& law);

}  // namespace iolaw
