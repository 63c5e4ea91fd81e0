// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "model/law/law.hpp"

namespace iolaw {

// Reads, resolves and types a law for a command; every diagnostic goes to stderr. Empty if there is an error: the
// command then ends with kLawError.
std::optional<Law> load_law(const std::filesystem::path& root);

}  // namespace iolaw
