// SPDX-License-Identifier: Apache-2.0
// What a mapping permits, and to what kind of memory.
#pragma once

#include <cstdint>

namespace hw_reference::pgtable {

using Prot = std::uint32_t;  // a mask
inline constexpr Prot kRead = 1;
inline constexpr Prot kWrite = 2;
inline constexpr Prot kCache = 4;  // write-back memory that snoops; otherwise not cached
inline constexpr Prot kNoExecute = 8;
inline constexpr Prot kDevice = 16;      // device memory; wins over kCache
inline constexpr Prot kPrivileged = 32;  // stage 1: not for unprivileged transactions
inline constexpr Prot kAllProt = 63;

}  // namespace hw_reference::pgtable
