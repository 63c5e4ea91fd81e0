// SPDX-License-Identifier: Apache-2.0
// Units of size: a page.
#pragma once

#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// The powers of two that the law names as constants, in its order.
std::vector<Word> units_of(const Law& law);

// 1 if it names none.
Word largest_unit(const Law& law);

}  // namespace iolaw
