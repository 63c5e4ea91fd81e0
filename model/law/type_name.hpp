// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// "u64", "maybe Area", "Rights": as the law writes it.
std::string type_name(const Law& law, const Type& type);

}  // namespace iolaw
