// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace iolaw::dev_iommu {

// The law's MEMORY, sixteen pages at the very addresses that the law gives them, so that no address needs translation.
// Shared anonymous memory in small pages: a shared page never moves when it is written, and Linux's test driver counts
// the pins of small pages only.
//
// If it lies `alone`, everything else below 4 GiB stays unmapped for as long as the object lives, as the law's `backed`
// says. The constructor throws std::runtime_error if the process already uses some of it; a static program that is not
// position independent does (link it with -static-pie), and so does the address sanitizer.
class ClientMemory {
 public:
  static constexpr std::uint64_t kPageSize = 4096;
  static constexpr std::uint64_t kFirst = 0x4000'0000;
  static constexpr std::uint64_t kLast = 0x4000'ffff;
  static constexpr std::uint64_t kSize = kLast - kFirst + 1;

  explicit ClientMemory(bool alone);
  ~ClientMemory();
  ClientMemory(const ClientMemory&) = delete;
  ClientMemory& operator=(const ClientMemory&) = delete;
};

}  // namespace iolaw::dev_iommu
