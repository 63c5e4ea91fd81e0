// SPDX-License-Identifier: Apache-2.0
// The part of an IOAS that decides where mappings may lie: reserved and allowed ranges, automatic addresses, alignment.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "hw_reference/iommufd/ioas.hpp"

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/numbers.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint64_t kHugePageSize = std::uint64_t{1} << 21;  // of the CPU

}  // namespace

int Ioas::reserve(std::uint64_t first, std::uint64_t last, ReservedRanges::Owner owner) {
  std::unique_lock hold(lock_);
  if (areas_.overlap(first, last) != nullptr || allowed_.overlaps(first, last)) return EADDRINUSE;
  if (has_defect(Defect::reserve_checks_first)) {
    hold.unlock();
    hold.lock();
  }
  reserved_.add(first, last, owner);
  return 0;
}

void Ioas::release(ReservedRanges::Owner owner) {
  std::unique_lock hold(lock_);
  reserved_.remove(owner);
}

IovaRangesAnswer Ioas::iova_ranges(std::span<IovaRange> ranges) const {
  std::shared_lock hold(lock_);
  std::uint32_t total = 0;
  for (std::uint64_t at = 0;;) {
    const auto hole = reserved_.hole(at);
    if (!hole) break;
    if (total < ranges.size()) ranges[total] = *hole;
    ++total;
    if (hole->last == kMaxWord) break;
    at = hole->last + 1;
  }
  return {total, alignment_};
}

int Ioas::allow(AllowedRanges allowed) {
  std::unique_lock hold(lock_);
  if (allowed.visit([this](std::uint64_t first, std::uint64_t last) { return reserved_.overlaps(first, last); }))
    return EADDRINUSE;
  allowed_ = std::move(allowed);
  return 0;
}

// First fit from below, in steps of a preferred alignment: that of the length and of the memory's address, so that
// large pages can be used (linux drivers/iommu/iommufd/io_pagetable.c). Linear in the areas below the answer.
Result<std::uint64_t> Ioas::choose_place(std::uint64_t length, std::uint64_t address) const {
  if (length == 0 || length >= kMaxWord / 2) return {EOVERFLOW, 0};
  std::uint64_t align = std::bit_ceil(length);
  if (address != 0) align = std::min(align, address & -address);
  align = std::min(align, kHugePageSize);
  if (align < alignment_) return {EINVAL, 0};

  std::uint64_t chosen = 0;
  const auto try_hole = [&](std::uint64_t first, std::uint64_t last) {
    if (first > kMaxWord - (align - 1)) return false;
    const std::uint64_t start = ((first + (align - 1)) & ~(align - 1)) | address % kPageSize;
    if (start >= last || last - start < length - 1) return false;
    chosen = start;
    return true;
  };
  const auto try_window = [&](std::uint64_t first, std::uint64_t last) {
    first = std::max(first, kPageSize);
    last = std::min(last, kMaxWord - kPageSize);
    while (first <= last) {
      const auto hole = has_defect(Defect::automatic_in_reserved) ? IovaRange{first, last} : reserved_.hole(first);
      if (!hole || hole->first > last) return false;
      std::uint64_t at = std::max(first, hole->first);
      const std::uint64_t end = std::min(last, hole->last);
      for (auto area = areas_.seek(at); area && area->first <= end; area.advance()) {
        const bool skips = has_defect(Defect::search_skips_to_area);
        if (!skips && area->first > at && try_hole(at, area->first - 1)) return true;
        if (has_defect(Defect::search_ends_at_area)) return false;
        at = area->last + 1;
        if (area->last >= end) break;
      }
      if (at != 0 && at <= end && try_hole(at, end)) return true;
      if (has_defect(Defect::search_ends_at_reserved)) return false;
      first = end + 1;  // at most the last page but one
    }
    return false;
  };
  const bool anywhere = allowed_.empty() || has_defect(Defect::automatic_ignores_allowed);
  const auto try_one = [&](std::uint64_t first, std::uint64_t last) {
    return try_window(first, last) || has_defect(Defect::search_in_first_range);
  };
  if (anywhere) {
    try_window(0, kMaxWord);
  } else {
    allowed_.visit(try_one);
  }
  if (chosen == 0) return {ENOSPC, 0};  // nothing is put on the first page
  return {0, chosen};
}

std::uint64_t Ioas::alignment() const {
  std::shared_lock hold(lock_);
  return alignment_;
}

bool Ioas::large_pages() const {
  std::shared_lock hold(lock_);
  return large_pages_;
}

int Ioas::set_large_pages(bool large) {
  std::unique_lock hold(lock_);
  if (!large && large_pages_) {
    if (has_tables() && !areas_.empty()) return EINVAL;
    if (has_areas_below(kPageSize)) return EADDRINUSE;
  }
  large_pages_ = large;
  if (!has_defect(Defect::large_pages_keep_alignment)) update_alignment();
  return 0;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
