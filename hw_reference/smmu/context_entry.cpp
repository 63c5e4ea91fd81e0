// SPDX-License-Identifier: Apache-2.0
// Arm IHI 0070, 5.4: context descriptors and the combinations that are ILLEGAL.
#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/stage.hpp"

namespace hw::smmu {

namespace {

// Where the two halves keep the same fields.
struct HalfFields {
  unsigned size, granule, disabled, top_byte, base_word;
};
constexpr HalfFields kHalves[2] = {{0, 6, 14, 38, 1}, {16, 22, 30, 39, 2}};

std::variant<ContextHalf, Flaw> decode_half(const Words& words, unsigned which, unsigned output_bits,
                                            const Features& features) {
  const HalfFields& at = kHalves[which];
  ContextHalf half;
  half.disabled = bit(words[0], at.disabled);
  if (half.disabled) return half;

  half.ignore_top_byte = bit(words[0], at.top_byte);
  Geometry& geometry = half.geometry;
  const unsigned tg = static_cast<unsigned>(field(words[0], at.granule + 1, at.granule));
  geometry.granule_shift = which == 0 ? decode_tg0(tg) : decode_tg1(tg);
  if (geometry.granule_shift == 0 || !features.has_granule(geometry.granule_shift)) {
    return Flaw{"TG is not supported"};
  }
  const bool large = geometry.granule_shift == 16;
  const unsigned size = static_cast<unsigned>(field(words[0], at.size + 5, at.size));
  const unsigned least = large && features.va52 ? 12 : 16;
  const unsigned most = !features.small_tables ? 39 : large ? 47 : 48;
  if (size < least || size > most) return Flaw{"TSZ is out of range"};
  geometry.input_bits = 64 - size;
  geometry.start_level = stage1_start_level(geometry.granule_shift, geometry.input_bits);
  geometry.output_bits = output_bits;
  geometry.wide_output = large && features.output_bits == 52;

  const PhysAddr root = address_field(words[at.base_word], 51, 4);
  if (root > low_bits(output_bits)) return Flaw{"TTB is beyond IPS"};
  geometry.root = align_down(root, geometry.root_bytes());
  half.hierarchical = !(features.hierarchical_attribute_disable && bit(words[at.base_word], 1));
  return half;
}

}  // namespace

DecodedContext decode_context(const Words& words, const Features& features) {
  ContextEntry entry;
  if (!bit(words[0], 31)) return Flaw{"V is 0"};
  if (!bit(words[0], 41)) return Flaw{"AA64 is 0: AArch32 tables are not implemented"};
  if (bit(words[0], 15)) return Flaw{"ENDI: big-endian tables are not implemented"};
  entry.stall = bit(words[0], 44);
  if (entry.stall && features.stall_model == StallModel::terminate) return Flaw{"S although STALL_MODEL is 1"};
  if (!entry.stall && features.stall_model == StallModel::stall) return Flaw{"S is 0 although STALL_MODEL is 2"};
  entry.abort = bit(words[0], 46);
  if (!entry.abort && !features.read_as_zero) return Flaw{"A is 0 although TERM_MODEL is 1"};
  entry.record = bit(words[0], 45);
  entry.ignore_access_flag = bit(words[0], 35);
  entry.update_access_flag = bit(words[0], 43);
  entry.update_dirty = bit(words[0], 42);
  if (entry.update_access_flag && features.hardware_update < 1) return Flaw{"HA is beyond HTTU"};
  if (entry.update_dirty && features.hardware_update < 2) return Flaw{"HD is beyond HTTU"};
  const std::uint64_t asid = field(words[0], 63, 48);
  if (asid > 0xff && !features.asid16) return Flaw{"ASID has more than 8 bits"};
  entry.asid = static_cast<std::uint16_t>(asid);

  const unsigned ips = decode_address_size(static_cast<unsigned>(field(words[0], 34, 32)));
  const unsigned output_bits = ips == 0 ? features.output_bits : std::min(ips, features.output_bits);
  for (unsigned which = 0; which < 2; ++which) {
    const auto half = decode_half(words, which, output_bits, features);
    if (const auto* flaw = std::get_if<Flaw>(&half)) return *flaw;
    entry.half[which] = std::get<ContextHalf>(half);
  }
  return entry;
}

}  // namespace hw::smmu
