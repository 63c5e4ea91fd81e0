// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// The text of the scope that a user gave: the text itself, or the name of a scope of the law. Empty, after saying on
// stderr which there are, if the law declares none of that name: the command then ends with kUsage.
std::string named_scope(const Law& law, const std::string& given);

}  // namespace iolaw
