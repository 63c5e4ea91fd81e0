// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace iolaw::search {

// The hash of what was hashed before and one more word.
inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0xff51afd7ed558ccd;
  return hash ^ hash >> 32;
}

}  // namespace iolaw::search
