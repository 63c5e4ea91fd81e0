// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace iolaw::emit {

extern const std::string_view kRuntimeText;   // runtime.hpp
extern const std::string_view kCompiledText;  // compiled.hpp

}  // namespace iolaw::emit
