// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace iolaw::syntax {

// The text of the `///` lines right above the line that `offset` is in, without the slashes; lines joined by \n.
std::string documentation_before(std::string_view text, std::size_t offset);

}  // namespace iolaw::syntax
