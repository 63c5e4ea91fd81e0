// SPDX-License-Identifier: Apache-2.0
// What a kernel says on its console.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace iolaw::guest {

// The first line that stands for a bug of the kernel; empty: none.
std::string first_trouble(std::string_view text);

// The last lines of a file, each indented; empty if there is none.
std::string last_lines(const std::filesystem::path& file, std::size_t lines);

}  // namespace iolaw::guest
