// SPDX-License-Identifier: Apache-2.0
// The hunt for sequences that tell a law from its mutants, by several threads.
#pragma once

#include <vector>

#include "checker/generate/hunt.hpp"
#include "checker/generate/suite.hpp"

namespace iolaw {

// Sequences that tell mutants from the law that survive in `all`, found in the states of the pool and beside the cases.
// Mutants of different rules are hunted apart, so that the answer does not depend on threads. `calls` grows by the
// calls of the model.
std::vector<Kill> hunt_in_parts(const Law& law, const Hunt& all, const std::vector<Reached>& pool,
                                const std::vector<Sequence>& cases, const GenerateOptions& options,
                                std::uint64_t& calls);

}  // namespace iolaw
