// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

// All values of a type that has few: booleans, constants, sets of the first four flags, and the objects that live;
// nullopt for numbers and intervals.
std::optional<std::vector<Word>> few_values(const Law& law, const State& state, const Type& type);

}  // namespace iolaw
