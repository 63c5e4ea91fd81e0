// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/features.hpp"

#include <array>

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

namespace {
constexpr std::array<unsigned, 7> kAddressSizes = {32, 36, 40, 42, 44, 48, 52};
}

unsigned decode_address_size(unsigned encoding) {
  return encoding < kAddressSizes.size() ? kAddressSizes[encoding] : 0;
}

unsigned encode_address_size(unsigned bits) {
  for (unsigned encoding = 0; encoding < kAddressSizes.size(); ++encoding) {
    if (kAddressSizes[encoding] == bits) return encoding;
  }
  return 0;
}

bool Features::has_granule(unsigned shift) const {
  return (shift == 12 && granule_4k) || (shift == 14 && granule_16k) || (shift == 16 && granule_64k);
}

std::uint32_t Features::idr0() const {
  std::uint64_t value = 0;
  value |= in_field(stage2, 0, 0) | in_field(stage1, 1, 1);
  value |= in_field(2, 3, 2);  // TTF: AArch64
  value |= in_field(1, 4, 4);  // COHACC
  value |= in_field(hardware_update, 7, 6);
  value |= in_field(ats, 10, 10);
  value |= in_field(1, 11, 11);  // NS1ATS: no split-stage ATS
  value |= in_field(asid16, 12, 12) | in_field(msi, 13, 13) | in_field(vmid16, 18, 18);
  value |= in_field(two_level_contexts, 19, 19);
  value |= in_field(2, 22, 21);  // TTENDIAN: little
  value |= in_field(pri, 16, 16) | in_field(static_cast<std::uint64_t>(stall_model), 25, 24);
  value |= in_field(!read_as_zero, 26, 26);
  value |= in_field(two_level_streams, 28, 27);
  return static_cast<std::uint32_t>(value);
}

std::uint32_t Features::idr1() const {
  return static_cast<std::uint32_t>(in_field(stream_bits, 5, 0) | in_field(substream_bits, 10, 6) |
                                    in_field(pri ? page_queue_bits : 0, 15, 11) | in_field(event_queue_bits, 20, 16) |
                                    in_field(command_queue_bits, 25, 21));
}

std::uint32_t Features::idr3() const {
  return static_cast<std::uint32_t>(in_field(hierarchical_attribute_disable, 2, 2) | in_field(small_tables, 9, 9) |
                                    in_field(range_invalidation, 10, 10) | in_field(bbm_level, 12, 11));
}

std::uint32_t Features::idr5() const {
  return static_cast<std::uint32_t>(in_field(encode_address_size(output_bits), 2, 0) | in_field(granule_4k, 4, 4) |
                                    in_field(granule_16k, 5, 5) | in_field(granule_64k, 6, 6) | in_field(va52, 11, 10) |
                                    in_field(stall_model == StallModel::terminate ? 0 : stall_max, 31, 16));
}

}  // namespace hw::smmu
