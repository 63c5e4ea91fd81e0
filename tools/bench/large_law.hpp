// SPDX-License-Identifier: Apache-2.0
// A law of any size, for timing the front end: modules like those of spec/, each with several address spaces, what is
// mapped in them, users that pin it, and a registry that the other modules read.
#pragma once

#include <cstddef>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// At least `lines` lines. The root is the first file; equal arguments give equal texts.
std::vector<SourceFile> make_large_law(std::size_t lines);

}  // namespace iolaw
