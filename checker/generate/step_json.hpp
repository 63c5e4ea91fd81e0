// SPDX-License-Identifier: Apache-2.0
// A call of a sequence as JSON: {"call": "ioas.map", "arguments": {"ioas": …, "iova": "0x1000", …}}.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>

#include "model/trace/sequence.hpp"

namespace iolaw {

// The law has no such rule, parameter or constant any more.
struct NotOfThisLaw : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Which object a value names; how they are named is the file's.
using ObjectFromJson = std::function<Argument(const Type& type, const nlohmann::json& value)>;

// Throws NotOfThisLaw, and what the library and `object` throw.
SequenceStep step_from_json(const Law& law, const nlohmann::json& in, const ObjectFromJson& object);

}  // namespace iolaw
