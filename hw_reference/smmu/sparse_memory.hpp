// SPDX-License-Identifier: Apache-2.0
// A Bus that allocates zeroed 4 KiB frames on first write. For tests and small programs.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_map>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/inside.hpp"

namespace hw {

class SparseMemory final : public Bus {
 public:
  // Memory is [0, size); everything beyond aborts.
  explicit SparseMemory(std::uint64_t size = 1ull << 52) : size_(size) {}

  std::optional<std::uint64_t> read64(PhysAddr address) override;
  bool write64(PhysAddr address, std::uint64_t value) override;
  std::optional<std::uint64_t> compare_exchange64(PhysAddr address, std::uint64_t expected,
                                                  std::uint64_t desired) override;
  bool read(PhysAddr address, std::span<std::byte> into) override;
  bool write(PhysAddr address, std::span<const std::byte> from) override;

  // From now on accesses to [first, last] abort, or no longer do.
  void poison(PhysAddr first, PhysAddr last);
  void heal(PhysAddr first);

  // Called before every 64-bit read, e.g. to prove that a freed table is never read. Without the lock.
  std::function<void(PhysAddr)> on_read64;

  // Words that somebody else keeps: where the word at this address is, or null.
  std::function<std::uint64_t*(PhysAddr)> elsewhere;

 private:
  static constexpr std::uint64_t kFrame = 4096;
  using Frame = std::array<std::byte, kFrame>;

  bool aborts(PhysAddr address, std::uint64_t bytes) const;
  std::span<std::byte> kept_elsewhere(PhysAddr address, std::size_t bytes) const;

  const std::uint64_t size_;
  std::mutex mutex_;  // protects everything below
  std::unordered_map<std::uint64_t, Frame> frames_;
  std::map<PhysAddr, PhysAddr> poisoned_;  // first → last
};

}  // namespace hw
