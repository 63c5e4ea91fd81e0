// SPDX-License-Identifier: Apache-2.0
// What a law means, as text: two texts of one law have the same meaning, wherever their words stand.
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw::fuzz {

// Everything of the law but spans and files. Linear in the number of distinct nodes: a shared node is named, not
// repeated.
std::string meaning(const Law& law);

}  // namespace iolaw::fuzz
