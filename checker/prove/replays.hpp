// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checker/scope/target.hpp"

namespace iolaw {

// Whether the calls, made one after the other from the initial state, end in the target: an outcome or a cover.
bool replays(const Model& model, const scope::Target& target, const std::vector<Call>& calls);

}  // namespace iolaw
