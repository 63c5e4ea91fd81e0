// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// The text of the law at a span, on one line with single spaces; comments are left out.
std::string source_text(const Law& law, const Span& span);

}  // namespace iolaw
