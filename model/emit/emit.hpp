// SPDX-License-Identifier: Apache-2.0
// Writes the model of a law as C++ that stands alone: flat states, no allocation, one function per rule and property.
//
// The text is a header that declares everything in the namespace `name`: State, step(), holds(), and, for a scope whose
// calls can be enumerated, pack(), canonical() and the interface that the explorer loads. Throws EmitError.
#pragma once

#include <string>

#include "model/emit/expressions.hpp"
#include "model/emit/scope.hpp"
#include "model/law/law.hpp"

namespace iolaw::emit {

std::string emit_model(const Law& law, const Scope& scope, const std::string& name);

}  // namespace iolaw::emit
