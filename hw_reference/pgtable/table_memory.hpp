// SPDX-License-Identifier: Apache-2.0
// Physical memory for translation tables, directly mapped: the CPU writes where the IOMMU reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace hw_reference::pgtable {

// mutex: protects the free lists. The words themselves are shared with the IOMMU: 64-bit atomic accesses alone.
class TableMemory {
 public:
  // Physical addresses base..base+bytes-1, `base` a multiple of 2^kMaxShift and at least that. Memory is taken from the
  // system when it is first written. Throws std::bad_alloc if there is no room in the address space.
  explicit TableMemory(std::size_t bytes, std::uint64_t base = std::uint64_t{1} << kMaxShift);
  ~TableMemory();
  TableMemory(const TableMemory&) = delete;
  TableMemory& operator=(const TableMemory&) = delete;

  static constexpr unsigned kMinShift = 6;
  static constexpr unsigned kMaxShift = 20;  // sixteen tables of 64 KiB

  // 2^shift bytes of zeroes, aligned to their size; none if there are no more.
  std::optional<std::uint64_t> allocate(unsigned shift);
  // Takes them back; all of its words must be zero.
  void release(std::uint64_t address, unsigned shift);

  // The word at a physical address that was allocated here.
  std::uint64_t* words(std::uint64_t address) const {
    return reinterpret_cast<std::uint64_t*>(direct_ + (address - base_));
  }
  bool contains(std::uint64_t address) const { return address - base_ < bytes_; }
  std::size_t in_use() const;  // blocks allocated and not released

 private:
  const std::size_t bytes_;
  const std::uint64_t base_;
  std::byte* mapping_;
  std::byte* direct_;  // of `base_`, aligned like it

  mutable std::mutex mutex_;
  std::size_t fresh_ = 0;  // offset of what was never handed out
  std::size_t in_use_ = 0;
  std::array<std::uint64_t, kMaxShift + 1> free_{};  // by shift: the first free block, linked by its first word; 0 ends
};

}  // namespace hw_reference::pgtable
