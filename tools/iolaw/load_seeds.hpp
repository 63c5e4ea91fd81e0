// SPDX-License-Identifier: Apache-2.0
// Runs that were kept in a file, as commands read them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/generate/seeds.hpp"

namespace iolaw {

// How many of them are of another law goes to stderr; they are left out. nullopt, with a message, if the file cannot be
// read or holds something else. One that `may_be_new` holds none while it is not there.
std::optional<std::vector<Seed>> load_seeds(const std::string& path, const Law& law, bool may_be_new = false);

}  // namespace iolaw
