// SPDX-License-Identifier: Apache-2.0
// The part of an IOAS that only VFIO's calls need: areas that are divided, and what its tables have in common.
#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>
#include <memory>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/ioas.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

int Ioas::cut(std::span<const std::uint64_t> lasts) {
  std::unique_lock hold(lock_);
  for (const std::uint64_t last : lasts)
    if (int error = cut_area(last)) return error;
  return 0;
}

// Both halves keep the users that the whole had on each page: no page is in both of them while a table has it.
int Ioas::cut_area(std::uint64_t last) {
  Area* const area = areas_.find(last);
  if (area == nullptr || last == area->first || last == area->last) return 0;
  if (area->prevent_access) return EBUSY;
  if (area->pages->is_dma_buffer()) return EOPNOTSUPP;
  const std::uint64_t lower = last - area->first + 1;  // bytes
  if ((last + 1) % alignment_ != 0 || (area->offset + lower) % alignment_ != 0) return EINVAL;
  if (area->accesses > 0 && !has_defect(Defect::split_ignores_pins)) return EINVAL;
  if (has_tables() && large_pages_) return EINVAL;
  assert(!has_tables() || (area->offset + lower) % kPageSize == 0);

  auto upper = std::make_unique<Area>();
  upper->first = last + 1;
  upper->last = area->last;
  upper->offset = area->offset + (has_defect(Defect::split_repeats_memory) ? 0 : lower);
  upper->pages = area->pages;
  upper->rights = area->rights;
  upper->small_entries = area->small_entries;
  const unsigned shift = area->alignment_shift();
  area->last = last;
  try {
    areas_.insert(*upper);
  } catch (...) {
    area->last = upper->last;
    throw;
  }
  --shifts_[shift];
  ++shifts_[area->alignment_shift()];
  ++shifts_[upper.release()->alignment_shift()];
  return 0;
}

bool Ioas::coherent() const {
  std::shared_lock hold(lock_);
  return std::all_of(tables_.begin(), tables_.end(), [](const IoPageTable* table) { return table->coherent(); });
}

std::uint64_t Ioas::page_sizes() const {
  std::shared_lock hold(lock_);
  std::uint64_t sizes = std::numeric_limits<std::uint64_t>::max();
  for (const IoPageTable* table : tables_) sizes &= table->format().page_sizes;
  // Smaller pages than the CPU's cannot be mapped one by one, but make up one of its.
  constexpr std::uint64_t kSmaller = kPageSize - 1;
  if ((sizes & kSmaller) != 0) sizes = (sizes & ~kSmaller) | kPageSize;
  return std::max(sizes, alignment_);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
