// SPDX-License-Identifier: Apache-2.0
// Kinds of slips beside those of whole objects (see slips.hpp). Each gives few slips for a call, in a fixed order.
#pragma once

#include "checker/generate/slips.hpp"

namespace iolaw {

// A call that made or changed objects kept a field otherwise than it should: cut to 16 or 32 bits, as another object
// has it, or another value of its type; what it made has a longer interval, or is there once more, a unit further, as
// far as the invariants permit.
std::vector<Slip> value_slips(const Model& model, const CallMade& made);

// What should be gone stays in part: the interval of an object of which several of a map lie in it, without the first.
std::vector<Slip> part_slips(const Law& law, const CallMade& made);

// A call that ended or changed something took an object along that lives near it, or whose interval touches that of
// what ended. One that has no effects at all left an object behind that nobody asked for.
std::vector<Slip> stray_slips(const Model& model, const CallMade& made);

// Of a call that failed, where it led to `eager` if nothing had failed: it did that of one kind of objects, or for the
// first object alone, or forgot what it would have changed.
std::vector<Slip> refused_slips(const Law& law, const CallMade& made, const State& eager);

}  // namespace iolaw
