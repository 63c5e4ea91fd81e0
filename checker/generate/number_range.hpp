// SPDX-License-Identifier: Apache-2.0
// Between which numbers an integer lies whatever the state and the call, by its type and by what it is made of.
#pragma once

#include <optional>

#include "model/law/law.hpp"

namespace iolaw {

__extension__ typedef __int128 WideNumber;

struct NumberRange {
  WideNumber low = 0;
  WideNumber high = 0;  // closed
};

NumberRange range_of(const Law& law, const Expr& number);

// Of a comparison of integers, or its negation: its value, where that is always the same.
std::optional<bool> settled(const Law& law, const Expr& comparison);

}  // namespace iolaw
