// SPDX-License-Identifier: Apache-2.0
// States that nobody reached and calls that nobody would make: whatever the types allow.
#pragma once

#include <random>

#include "model/eval/model.hpp"

namespace iolaw {

// Up to four objects of each kind. References may dangle, maps may overlap, shared objects may have no holder;
// intervals are ordered and powers of two are such, for a state cannot keep anything else.
State arbitrary_state(const Law& law, std::mt19937_64& random);

// Arguments of the same sort.
Call arbitrary_call(const Law& law, std::uint32_t rule, std::mt19937_64& random);

}  // namespace iolaw
