// SPDX-License-Identifier: Apache-2.0
// All that the device model needs from physical memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hw {

using PhysAddr = std::uint64_t;

// Physical memory as a bus master sees it. Words are little-endian. Calls may come from several threads at once; a
// 64-bit access is single-copy atomic. The SMMU calls with its own lock held, so an implementation must not call back.
class Bus {
 public:
  virtual ~Bus() = default;

  // `address` is a multiple of 8. Empty: external abort.
  virtual std::optional<std::uint64_t> read64(PhysAddr address) = 0;

  // False: external abort, nothing written.
  virtual bool write64(PhysAddr address, std::uint64_t value) = 0;

  // Stores `desired` if the word equals `expected`. Returns the word as it was; empty: external abort.
  virtual std::optional<std::uint64_t> compare_exchange64(PhysAddr address, std::uint64_t expected,
                                                          std::uint64_t desired) = 0;

  // Blocks of any size and alignment, not atomic. False: external abort; a block may then be done in part.
  virtual bool read(PhysAddr address, std::span<std::byte> into) = 0;
  virtual bool write(PhysAddr address, std::span<const std::byte> from) = 0;
};

}  // namespace hw
