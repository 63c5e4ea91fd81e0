// SPDX-License-Identifier: Apache-2.0
// Which states are alike, so that a search may keep few of each sort.
#pragma once

#include <cstdint>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

// A hash of what lives and how it refers to each other, whatever numbers it keeps.
std::uint64_t hash_shape(const Law& law, const State& state);

// Likewise, and of what sort the numbers are: multiples of which of the law's units, inside which of its constant
// ranges, within a unit of the end of the address space; and how many intervals of one kind touch.
std::uint64_t hash_sort(const Law& law, const State& state);

// The same of the objects of some kinds alone.
std::uint64_t hash_sort(const Law& law, const State& state, const std::vector<bool>& kinds);

}  // namespace iolaw
