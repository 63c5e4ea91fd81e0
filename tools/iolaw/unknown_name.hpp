// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// Says on stderr that `name` names nothing in the law, and what may have been meant. Returns kUsage.
int unknown_name(const Law& law, const std::string& name);

}  // namespace iolaw
