// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// How wide lines of generated C++ may be.
constexpr std::size_t kColumns = 120;

// The text of the law at a span, on one line with single spaces; comments are left out.
std::string source_text(const Law& law, const Span& span);

}  // namespace iolaw
