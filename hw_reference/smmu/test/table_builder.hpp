// SPDX-License-Identifier: Apache-2.0
// Writes translation tables into memory, with arithmetic of its own: it shares no code with the walker.
#pragma once

#include <cstdint>
#include <vector>

#include "hw_reference/smmu/sparse_memory.hpp"

namespace hw::smmu::testing {

// Hands out zeroed, naturally aligned physical memory. Never the same twice.
class FrameAllocator {
 public:
  explicit FrameAllocator(PhysAddr first) : next_(first) {}
  PhysAddr allocate(std::uint64_t bytes);

 private:
  PhysAddr next_;
};

// Attributes that tests use. Stage-1 leaves are for unprivileged reads and writes unless they say otherwise.
inline constexpr std::uint64_t kValid = 1, kAccessed = 1ull << 10, kNonGlobal = 1ull << 11;
inline constexpr std::uint64_t kUser = 1ull << 6, kReadOnly = 1ull << 7;
inline constexpr std::uint64_t kStage1 = kUser | kAccessed | kNonGlobal;
inline constexpr std::uint64_t kStage2Read = 1ull << 6, kStage2Write = 1ull << 7;
inline constexpr std::uint64_t kStage2Normal = 0xfull << 2;
inline constexpr std::uint64_t kStage2 = kStage2Read | kStage2Write | kStage2Normal | kAccessed;
inline constexpr std::uint64_t kContiguousHint = 1ull << 52, kDirtyManaged = 1ull << 51;

class TableBuilder {
 public:
  // `pointer_offset` is added to the physical addresses that table descriptors and root() name: where stage 2 maps
  // memory at PA + offset, tables of stage 1 are written with that offset.
  TableBuilder(Bus& bus, FrameAllocator& frames, unsigned granule_shift, unsigned input_bits, unsigned start_level,
               std::uint64_t pointer_offset = 0);

  unsigned shift(unsigned level) const { return granule_shift_ + (3 - level) * (granule_shift_ - 3); }
  std::uint64_t size(unsigned level) const { return 1ull << shift(level); }

  // As translation base registers want it.
  std::uint64_t root() const { return root_ + pointer_offset_; }
  unsigned start_level() const { return start_level_; }

  // The physical address of the descriptor for `input` at `level`; tables above are made if missing.
  PhysAddr slot(std::uint64_t input, unsigned level);
  std::uint64_t get(std::uint64_t input, unsigned level);
  void set(std::uint64_t input, unsigned level, std::uint64_t descriptor);

  // A block or page.
  void map(std::uint64_t input, std::uint64_t output, unsigned level, std::uint64_t attributes);
  void unmap(std::uint64_t input, unsigned level) { set(input, level, 0); }

  // Physical addresses of all tables made so far, with their sizes in bytes.
  std::uint64_t table_bytes() const { return 1ull << granule_shift_; }

 private:
  Bus& bus_;
  FrameAllocator& frames_;
  const unsigned granule_shift_, start_level_;
  const std::uint64_t pointer_offset_;
  PhysAddr root_ = 0;
};

// The number of levels and the start level of stage 1 for a table of so many input bits.
unsigned stage1_start(unsigned granule_shift, unsigned input_bits);

}  // namespace hw::smmu::testing
