// SPDX-License-Identifier: Apache-2.0
// A law with a mutant's rules, and its own properties.
#pragma once

#include "checker/generate/mutate.hpp"

namespace iolaw {

// Properties, counts and axioms keep the meaning of defs that the mutant changed: they call copies of the originals,
// which stand behind the defs of the mutant.
Law mutated_law(const Law& law, const Mutant& mutant);

// A rule or probe of the law as it stands in mutated_law(): it calls the copies.
Rule original_rule(const Law& law, const Mutant& mutant, std::uint32_t rule);

}  // namespace iolaw
