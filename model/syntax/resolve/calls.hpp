// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace iolaw::syntax {

// A function of the language itself, such as `overlaps`.
bool is_builtin(std::string_view name);

}  // namespace iolaw::syntax
