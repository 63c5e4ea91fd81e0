// SPDX-License-Identifier: Apache-2.0
// The layout of a law. Line breaks are the author's; indentation, spacing and the columns of failure tables are ours.
#pragma once

#include <string>
#include <string_view>

namespace iolaw {

// The text in standard layout: the same tokens and comments in the same order. Idempotent. Text that is no law is laid
// out all the same: nothing is lost.
std::string format_law(std::string_view text);

}  // namespace iolaw
