// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/test/table_builder.hpp"

#include <bit>
#include <stdexcept>

namespace hw::smmu::testing {

PhysAddr FrameAllocator::allocate(std::uint64_t bytes) {
  const std::uint64_t size = std::max<std::uint64_t>(std::bit_ceil(bytes), 64);
  next_ = (next_ + size - 1) / size * size;
  const PhysAddr result = next_;
  next_ += size;
  return result;
}

unsigned stage1_start(unsigned granule_shift, unsigned input_bits) {
  for (unsigned level = 3;; --level) {
    // The highest level whose single table is not enough has a level above it.
    if (input_bits <= granule_shift + (4 - level) * (granule_shift - 3) || level == 0) return level;
  }
}

TableBuilder::TableBuilder(Bus& bus, FrameAllocator& frames, unsigned granule_shift, unsigned input_bits,
                           unsigned start_level, std::uint64_t pointer_offset)
    : bus_(bus),
      frames_(frames),
      granule_shift_(granule_shift),
      start_level_(start_level),
      pointer_offset_(pointer_offset) {
  root_ = frames_.allocate(8ull << (input_bits - shift(start_level)));
}

PhysAddr TableBuilder::slot(std::uint64_t input, unsigned level) {
  PhysAddr table = root_;
  std::uint64_t within = input & 0x000fffffffffffff;
  for (unsigned l = start_level_;; ++l) {
    std::uint64_t index = within >> shift(l);
    if (l != start_level_) index %= 1ull << (granule_shift_ - 3);
    const PhysAddr at = table + 8 * index;
    if (l == level) return at;
    std::uint64_t next = *bus_.read64(at);
    if ((next & 3) == 1) throw std::logic_error("a block is in the way");
    if (next == 0) {
      next = (frames_.allocate(table_bytes()) + pointer_offset_) | 3;
      bus_.write64(at, next);
    }
    table = (next & 0x0000fffffffff000) - pointer_offset_;
  }
}

std::uint64_t TableBuilder::get(std::uint64_t input, unsigned level) { return *bus_.read64(slot(input, level)); }

void TableBuilder::set(std::uint64_t input, unsigned level, std::uint64_t descriptor) {
  bus_.write64(slot(input, level), descriptor);
}

void TableBuilder::map(std::uint64_t input, std::uint64_t output, unsigned level, std::uint64_t attributes) {
  set(input, level, output | attributes | (level == 3 ? 3 : 1));
}

}  // namespace hw::smmu::testing
