// SPDX-License-Identifier: Apache-2.0
// What was proved, for people and for programs.
#pragma once

#include <string>

#include "checker/prove/prove.hpp"

namespace iolaw {

// A line per property, then what failed with its counterexample, the `slowest` of all, the totals.
std::string to_text(const Model& model, const ProofReport& report, std::size_t slowest = 10);
// {"summary": {…}, "obligations": [{"rule", "property", "verdict", "seconds", …}]}
std::string to_json(const Law& law, const ProofReport& report);
// The counterexample of one finding in the law's words; empty if there is none.
std::string explain(const Model& model, const Finding& finding);
std::string explain(const Model& model, const scope::Evidence& evidence);

}  // namespace iolaw
