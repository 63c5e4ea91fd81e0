// SPDX-License-Identifier: Apache-2.0
// The circumstances of a call, for covering each outcome in each of them.
#pragma once

#include <string>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

// Empty if the call changed nothing. In words, equal for calls in like circumstances: "ioas.unmap.ok: ioas with
// devices; an Area dies, its pages live on". Says which of the law's counts are above zero at the objects that are
// arguments (or parents of what changes), and of what is made or dies whether others hold the same.
std::string context_of(const Model& model, const State& before, const Call& call, const Played& played,
                       const State& after);

// Likewise, one by one: each kind of which objects are two references away from those that end, are made, or are named,
// each such object whose interval overlaps several objects of an interval map, and what ends with another parent than
// the first of several that are alike. Of calls that changed something.
std::vector<std::string> surroundings_of(const Model& model, const State& before, const Call& call,
                                         const Played& played, const State& after);

// Likewise: each number that would make the call end otherwise if it were cut to 32 bits; and each that is 1, of a call
// that fails before a line where the law is silent because of this number: an implementation that misses the failure is
// not stopped by the number.
std::vector<std::string> numbers_of(const Model& model, const State& before, const Call& call, const Played& played,
                                    const State& after);

}  // namespace iolaw
