// SPDX-License-Identifier: Apache-2.0
// States with one object more, or one thing more between those there are.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/generate/explore.hpp"

namespace iolaw {

// Appends states that are one call further than those of the pool, each of a shape that none had: half of the calls
// repeat one of the history with other arguments, so that there are two of what there was one of. Returns how many
// calls of the model it took, about `calls`.
std::uint64_t grow_pool(const Model& model, std::vector<Reached>& pool, std::uint64_t seed, std::uint64_t calls);

}  // namespace iolaw
