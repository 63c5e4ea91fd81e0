// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/ioas.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/numbers.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {}  // namespace

void Ioas::remove_areas() {
  while (const auto area = areas_.begin()) remove_area(*area.get());
}

// ---- alignment ------------------------------------------------------------------------------------------------------

bool Ioas::has_areas_below(std::uint64_t alignment) const {
  for (unsigned shift = 0; shift < kShifts && (std::uint64_t{1} << shift) < alignment; ++shift)
    if (shifts_[shift] > 0) return true;
  return false;
}

void Ioas::update_alignment() {
  std::uint64_t alignment = pinners_ > 0 || !large_pages_ ? kPageSize : 1;
  for (const IoPageTable* table : tables_) alignment = std::max(alignment, table->format().smallest_page);
  if (has_defect(Defect::alignment_sticks)) alignment = std::max(alignment, alignment_);
  alignment_ = alignment;
}

// ---- areas ----------------------------------------------------------------------------------------------------------

bool Ioas::occupied(std::uint64_t first, std::uint64_t last) const {
  auto area = areas_.seek(first);
  if (has_defect(Defect::overlap_off_by_one) && area && area->last == first && area->first < first) area.advance();
  return area && area->first <= last;
}

// Pins the pages of an area for the tables and enters it there: all, or nothing.
int Ioas::use_pages(Area& area) {
  if (int error = area.pages->use(area.first_page(), area.last_page())) return error;
  area.small_entries = !large_pages_;
  std::size_t done = 0;
  int error = 0;
  const auto undo = [&] {
    while (done > 0) tables_[--done]->unmap(area);
    area.pages->drop(area.first_page(), area.last_page());
  };
  try {
    for (; done < tables_.size() && error == 0; done += error == 0 ? 1 : 0) error = tables_[done]->map(area);
  } catch (...) {
    undo();
    throw;
  }
  if (error != 0) undo();
  return error;
}

int Ioas::add_area(const Slice& slice, std::uint64_t iova, std::uint64_t last, Rights rights) {
  auto area = std::make_unique<Area>();
  area->first = iova;
  area->last = last;
  area->offset = slice.offset;
  area->pages = slice.pages;
  area->rights = static_cast<std::uint8_t>(rights);
  areas_.insert(*area);
  if (has_tables()) {
    int error = 0;
    try {
      error = use_pages(*area);
    } catch (...) {
      areas_.erase(*area);
      throw;
    }
    if (error != 0) {
      areas_.erase(*area);
      return error;
    }
  }
  ++shifts_[area->alignment_shift()];
  area.release();
  return 0;
}

void Ioas::remove_area(Area& area) {
  if (has_tables()) {
    for (IoPageTable* table : tables_) table->unmap(area);
    area.pages->drop(area.first_page(), area.last_page());
  }
  --shifts_[area.alignment_shift()];
  areas_.erase(area);
  delete &area;
}

// Undoes add_area for what begins in first..end-1.
void Ioas::remove_range(std::uint64_t first, std::uint64_t end) {
  while (Area* area = first < end ? areas_.overlap(first, end - 1) : nullptr) remove_area(*area);
}

int Ioas::check_place(std::uint64_t length, std::uint64_t iova) const {
  if (iova % alignment_ != 0) return EINVAL;
  const bool wraps = length - 1 > kMaxWord - iova;
  if (wraps && !has_defect(Defect::wrap_unnoticed)) return EOVERFLOW;
  const std::uint64_t last = wraps ? kMaxWord : iova + (length - 1);
  const bool skips_first = has_defect(Defect::reserved_end_free) && last > iova;
  if (reserved_.overlaps(iova + (skips_first ? 1 : 0), last)) return EINVAL;
  return occupied(iova, last) ? EEXIST : 0;
}

Result<std::uint64_t> Ioas::map(std::span<const Slice> slices, std::uint64_t length, Place place, Rights rights) {
  std::unique_lock hold(lock_);
  if (length % alignment_ != 0) return {EINVAL, 0};
  std::uint64_t iova = place.iova;
  if (place.fixed) {
    if (int error = check_place(length, iova)) return {error, 0};
  } else {
    const auto chosen = choose_place(length, slices.front().pages->address() + slices.front().offset);
    if (!chosen.ok()) return chosen;
    iova = chosen.value;
  }
  const std::uint64_t last = iova + std::min(length - 1, kMaxWord - iova);
  std::uint64_t at = iova;
  for (const Slice& slice : slices) {
    if ((rights & kWrite) != 0 && !slice.pages->writable() && !has_defect(Defect::copy_gains_write)) return {EPERM, 0};
    if (slice.offset % alignment_ != 0 || at % alignment_ != 0) return {EINVAL, 0};
    at += slice.length;
  }
  if (has_defect(Defect::map_checks_first) || has_defect(Defect::map_aligns_first)) {
    hold.unlock();
    hold.lock();
    if (occupied(iova, last)) return {has_defect(Defect::map_aligns_first) ? EEXIST : 0, iova};
  }
  at = iova;
  for (const Slice& slice : slices) {
    int error = 0;
    try {
      error = add_area(slice, at, at + std::min(slice.length - 1, last - at), rights);
    } catch (...) {
      remove_range(iova, at);
      throw;
    }
    if (error != 0) {
      if (!has_defect(Defect::failed_copy_stays)) remove_range(iova, at);
      return {error, 0};
    }
    at += slice.length;
  }
  return {0, iova};
}

Result<std::vector<Slice>> Ioas::slices(std::uint64_t first, std::uint64_t last) const {
  std::shared_lock hold(lock_);
  std::vector<Slice> found;
  auto area = areas_.seek(first);
  for (std::uint64_t at = first;; area.advance()) {
    if (!area || area->first > at) return {ENOENT, {}};
    const std::uint64_t end = std::min(area->last, last);
    const std::uint64_t skipped = has_defect(Defect::copy_from_the_beginning) ? 0 : at - area->first;
    found.push_back({area->pages, area->offset + skipped, end - at + 1});
    if (end == last) return {0, std::move(found)};
    at = end + 1;
  }
}

// ---- unmap ----------------------------------------------------------------------------------------------------------

// Without the lock, so that an access can let go of its pins. Accesses that come or go meanwhile are met by the retry.
void Ioas::tell_accesses(std::unique_lock<SharedMutex>& hold, std::uint64_t first, std::uint64_t last) {
  for (std::size_t i = 0; i < accesses_.size(); ++i) {
    const std::shared_ptr<Access> access = accesses_[i];
    hold.unlock();
    access->unmapped(*this, first, last);
    hold.lock();
    if (has_defect(Defect::unmap_tells_one_access)) break;
  }
}

int Ioas::unmap(std::uint64_t first, std::uint64_t last, std::uint64_t& bytes) {
  constexpr unsigned kTries = 100;
  std::unique_lock hold(lock_);
  if (has_defect(Defect::unmap_all_or_nothing)) {
    for (auto area = areas_.seek(first); area && area->first <= last; area.advance())
      if (area->first < first || area->last > last) return ENOENT;
  }
  unsigned tries = 0;
  for (std::uint64_t at = first;;) {
    Area* const area = areas_.overlap(at, last);
    if (area == nullptr || (has_defect(Defect::unmap_stops_at_gap) && bytes > 0 && area->first > at)) break;
    if (area->locks > 0 && !has_defect(Defect::queue_memory_unlocked)) return EBUSY;
    // What another thread mapped meanwhile across the end of what is gone is not taken
    // (linux drivers/iommu/iommufd/io_pagetable.c iopt_unmap_iova_range).
    if (area->first < at || area->last > last) return ENOENT;
    at = area->first;
    if (area->accesses > 0 && !has_defect(Defect::unmap_ignores_pins)) {
      if (++tries > kTries) return EDEADLOCK;
      area->prevent_access = true;
      tell_accesses(hold, area->first, area->last);
      continue;
    }
    tries = 0;
    const std::uint64_t area_last = area->last;
    bytes = (has_defect(Defect::unmap_counts_last) ? 0 : bytes) + (area_last - area->first + 1);
    remove_area(*area);
    if (area_last >= last) break;
    at = area_last + 1;
  }
  return 0;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
