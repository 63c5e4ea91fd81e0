// SPDX-License-Identifier: Apache-2.0
// Single values of the law in JSON, and back. What cannot be read is a TraceError.
#pragma once

#include <nlohmann/json.hpp>

#include "model/eval/model.hpp"
#include "model/law/law.hpp"

namespace iolaw {

// Indexes of objects in a trace are below this: a larger one is a mistake, not a reason to allocate.
inline constexpr Word kMostObjects = 1'000'000;

// References are "area0" or "none"; an object that does not live has its number too.
nlohmann::ordered_json value_to_json(const Law& law, const Type& type, const Word* words);
void value_from_json(const Law& law, const Type& type, const nlohmann::ordered_json& in, Word* words);

// The "call" and the "outcome" of a step, as in trace.schema.json.
nlohmann::ordered_json call_to_json(const Law& law, const Call& call);
nlohmann::ordered_json outcome_to_json(const Law& law, const Rule& rule, const Outcome& outcome);

// 14 for "EFAULT" or "errno 14".
int error_from_name(const std::string& name);

}  // namespace iolaw
