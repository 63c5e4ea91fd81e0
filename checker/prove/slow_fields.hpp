// SPDX-License-Identifier: Apache-2.0
// Numbers that a short run cannot make large.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "model/law/law.hpp"

namespace iolaw {

using FieldOfKind = std::pair<std::uint32_t, std::uint32_t>;

// Kinds and fields of integers that begin at 0 or 1, or with such a number, and that no call raises by more than one
// above the largest of them all: after n calls each is n at most.
std::set<FieldOfKind> slow_fields(const Law& law);

// Whether an expression that has no calls of defs reads one of them.
bool reads_any(const Expr& expr, const std::set<FieldOfKind>& fields);

}  // namespace iolaw
