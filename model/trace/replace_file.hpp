// SPDX-License-Identifier: Apache-2.0
// Files that are written as a whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace iolaw {

// Writes a file where it stands. Says why that was impossible: "No space left on device".
std::optional<std::string> write_in_place(const std::filesystem::path& path, std::string_view text);

// The same beside its place, as "<path>.<process>", which is then renamed: whoever reads the file sees what it was or
// what it is now. A file that was there keeps its permissions, and all that it was where this fails.
std::optional<std::string> replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace iolaw
