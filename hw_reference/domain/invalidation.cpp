// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/invalidation.hpp"

#include <algorithm>
#include <bit>

namespace hw::domain {

namespace {

constexpr unsigned kWholeSpace = 52;  // ATC_INV: 2^52 pages of 4 KiB

smmu::Command by_address(const Tag& tag, std::uint64_t address, bool leaf) {
  return tag.second ? smmu::command::tlbi_s2_ipa(tag.vmid, address, leaf)
                    : smmu::command::tlbi_nh_va(tag.vmid, tag.asid, address, leaf);
}

// The level of leaves of one size, 0 if that is not to be told: sizes differ, or tables go too.
unsigned level_hint(const Tag& tag, const Stale& stale) {
  if (stale.tables || !std::has_single_bit(stale.leaf_sizes)) return 0;
  const auto shift = static_cast<unsigned>(std::countr_zero(stale.leaf_sizes));
  if (shift < tag.granule_shift || (shift - tag.granule_shift) % (tag.granule_shift - 3) != 0) return 0;
  const unsigned level = 3 - (shift - tag.granule_shift) / (tag.granule_shift - 3);
  return tag.granule_shift == 14 && level == 1 ? 0 : level;  // no such encoding with 16 KiB
}

// Bytes between commands that name one address each.
std::uint64_t step_of(const Tag& tag, const Stale& stale) {
  const std::uint64_t granule = std::uint64_t{1} << tag.granule_shift;
  return stale.leaf_sizes == 0 ? granule : std::max(granule, stale.leaf_sizes & -stale.leaf_sizes);
}

void emit_ranges(const Tag& tag, const Stale& stale, const Emit& emit) {
  const unsigned level = level_hint(tag, stale);
  const std::uint64_t granule = std::uint64_t{1} << tag.granule_shift;
  std::uint64_t address = stale.first & ~(granule - 1);
  std::uint64_t pages = (((stale.last | (granule - 1)) - address) >> tag.granule_shift) + 1;
  // Without a level the encoding of a single granule is reserved: one more does no harm.
  if (level == 0 && pages % 32 == 1) ++pages;
  while (pages > 0) {
    const RangeDigit digit = next_digit(pages);
    emit(smmu::command::with_range(by_address(tag, address, !stale.tables), (tag.granule_shift - 10) / 2, level,
                                   digit.num, digit.scale));
    address += (std::uint64_t{digit.num} + 1) << digit.scale << tag.granule_shift;
  }
}

}  // namespace

RangeDigit next_digit(std::uint64_t& pages) {
  const auto scale = static_cast<unsigned>(std::countr_zero(pages));
  const std::uint64_t digit = pages >> scale & 31;
  pages -= digit << scale;
  return {static_cast<unsigned>(digit - 1), scale};
}

bool wants_whole(const Tag& tag, const Stale& stale) {
  if (stale.first == 0 && stale.last == ~std::uint64_t{0}) return true;
  // SCALE has five bits, so that a digit stands for 2^31 granules at most.
  if (tag.ranges) return ((stale.last - stale.first) >> tag.granule_shift) >> 31 != 0;
  const std::uint64_t step = step_of(tag, stale);
  return (stale.last - stale.first) / step >= (std::uint64_t{1} << (std::countr_zero(step) - 3)) - 1;
}

void invalidate_whole(const Tag& tag, const Emit& emit) {
  // S12_VMALL takes combined entries with it.
  emit(tag.second ? smmu::command::tlbi_s12_vmall(tag.vmid) : smmu::command::tlbi_nh_asid(tag.vmid, tag.asid));
}

void invalidate(const Tag& tag, const Stale& stale, const Emit& emit, const std::function<void()>& barrier) {
  if (wants_whole(tag, stale)) return invalidate_whole(tag, emit);
  if (tag.ranges) {
    emit_ranges(tag, stale, emit);
  } else {
    const std::uint64_t step = step_of(tag, stale);
    for (std::uint64_t at = stale.first & ~(step - 1);; at += step) {
      emit(by_address(tag, at, !stale.tables));
      if (stale.last - at < step) break;
    }
  }
  if (tag.second && tag.parent) {
    barrier();
    emit(smmu::command::tlbi_nh_all(tag.vmid));
  }
}

smmu::Command endpoint_invalidation(smmu::StreamId stream, std::uint64_t first, std::uint64_t last) {
  const std::uint64_t first_page = first >> 12;
  const unsigned span = static_cast<unsigned>(std::bit_width(first_page ^ (last >> 12)));
  if (span >= kWholeSpace) return smmu::command::atc_inv(stream, 0, kWholeSpace);
  return smmu::command::atc_inv(stream, (first_page >> span << span) << 12, span);
}

}  // namespace hw::domain
