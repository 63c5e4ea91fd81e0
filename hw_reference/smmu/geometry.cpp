// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/geometry.hpp"

#include <algorithm>

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

unsigned Geometry::index(unsigned level, std::uint64_t input) const {
  const unsigned last_bit = level == start_level ? input_bits - 1 : level_shift(level) + stride() - 1;
  return static_cast<unsigned>(field(input, last_bit, level_shift(level)));
}

std::uint64_t Geometry::root_bytes() const {
  return std::max<std::uint64_t>(64, 8ull << (input_bits - level_shift(start_level)));
}

unsigned stage1_start_level(unsigned granule_shift, unsigned input_bits) {
  const unsigned stride = granule_shift - 3;
  const unsigned levels = (input_bits - granule_shift + stride - 1) / stride;
  return kLastLevel + 1 - levels;
}

unsigned decode_tg0(unsigned encoding) {
  constexpr unsigned kShift[] = {12, 16, 14, 0};
  return kShift[encoding & 3];
}

unsigned decode_tg1(unsigned encoding) {
  constexpr unsigned kShift[] = {0, 14, 12, 16};
  return kShift[encoding & 3];
}

DescriptorKind classify(const Geometry& geometry, unsigned level, std::uint64_t descriptor) {
  if (!bit(descriptor, 0)) return DescriptorKind::invalid;
  if (level == kLastLevel) return bit(descriptor, 1) ? DescriptorKind::leaf : DescriptorKind::invalid;
  if (bit(descriptor, 1)) return DescriptorKind::table;
  // 4K: 1G and 2M blocks; 16K: 32M; 64K: 512M, and 4T where physical addresses have 52 bits.
  const bool block = level == 2 || (level == 1 && (geometry.granule_shift == 12 || geometry.wide_output));
  return block ? DescriptorKind::leaf : DescriptorKind::invalid;
}

std::uint64_t descriptor_address(const Geometry& geometry, std::uint64_t descriptor, unsigned alignment_shift) {
  std::uint64_t address = address_field(descriptor, 47, alignment_shift);
  if (geometry.wide_output) address |= in_field(field(descriptor, 15, 12), 51, 48);
  return address;
}

unsigned contiguous_shift(const Geometry& geometry, unsigned level) {
  switch (geometry.granule_shift) {
    case 12:
      return level >= 1 ? 4 : 0;
    case 14:
      return level == 3 ? 7 : level == 2 ? 5 : 0;
    default:
      return level >= 2 ? 5 : 0;
  }
}

}  // namespace hw::smmu
