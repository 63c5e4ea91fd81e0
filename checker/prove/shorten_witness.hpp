// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checker/scope/target.hpp"
#include "model/eval/model.hpp"

namespace iolaw {

// Fewer calls, or simpler ones, that reach the target as `calls` do; `calls` if there are none within a budget.
std::vector<Call> shorten_witness(const Model& model, const scope::Target& target, const std::vector<Call>& calls);

}  // namespace iolaw
