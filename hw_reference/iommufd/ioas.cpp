// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/ioas.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/access.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Ioas::~Ioas() {
  while (const auto area = areas_.begin()) remove_area(*area.get());
}

// ---- alignment ------------------------------------------------------------------------------------------------------

bool Ioas::has_areas_below(std::uint64_t alignment) const {
  for (unsigned shift = 0; shift < kShifts && (std::uint64_t{1} << shift) < alignment; ++shift)
    if (shifts_[shift] > 0) return true;
  return false;
}

void Ioas::update_alignment() {
  std::uint64_t alignment = pinners_ > 0 ? kPageSize : 1;
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
  std::size_t done = 0;
  try {
    for (; done < tables_.size(); ++done) tables_[done]->map(area);
  } catch (...) {
    while (done > 0) tables_[--done]->unmap(area);
    area.pages->drop(area.first_page(), area.last_page());
    throw;
  }
  return 0;
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

int Ioas::map(std::span<const Slice> slices, std::uint64_t length, std::uint64_t iova, Rights rights) {
  std::unique_lock hold(lock_);
  if (length % alignment_ != 0 || iova % alignment_ != 0) return EINVAL;
  if (length - 1 > kMax - iova) {
    if (!has_defect(Defect::wrap_unnoticed)) return EOVERFLOW;
    length = kMax - iova + 1;
  }
  const std::uint64_t last = iova + (length - 1);
  if (reserved_.overlaps(iova, last)) return EINVAL;
  if (occupied(iova, last)) return EEXIST;
  std::uint64_t at = iova;
  for (const Slice& slice : slices) {
    if ((rights & kWrite) != 0 && !slice.pages->writable()) return EPERM;
    if (slice.offset % alignment_ != 0 || at % alignment_ != 0) return EINVAL;
    at += slice.length;
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
      remove_range(iova, at);
      return error;
    }
    at += slice.length;
  }
  return 0;
}

Result<std::vector<Slice>> Ioas::slices(std::uint64_t first, std::uint64_t last) const {
  std::shared_lock hold(lock_);
  std::vector<Slice> found;
  auto area = areas_.seek(first);
  for (std::uint64_t at = first;; area.advance()) {
    if (!area || area->first > at) return {ENOENT, {}};
    const std::uint64_t end = std::min(area->last, last);
    found.push_back({area->pages, area->offset + (at - area->first), end - at + 1});
    if (end == last) return {0, std::move(found)};
    at = end + 1;
  }
}

int Ioas::reserve(std::uint64_t first, std::uint64_t last) {
  std::unique_lock hold(lock_);
  if (areas_.overlap(first, last) != nullptr) return EADDRINUSE;
  reserved_.add(first, last, nullptr);
  return 0;
}

// ---- unmap ----------------------------------------------------------------------------------------------------------

// Without the lock, so that an access can let go of its pins. Accesses that come or go meanwhile are met by the retry.
void Ioas::tell_accesses(std::unique_lock<std::shared_mutex>& hold, std::uint64_t first, std::uint64_t last) {
  for (std::size_t i = 0; i < accesses_.size(); ++i) {
    const std::shared_ptr<Access> access = accesses_[i];
    hold.unlock();
    access->unmapped(*this, first, last);
    hold.lock();
  }
}

Result<std::uint64_t> Ioas::unmap(std::uint64_t first, std::uint64_t last, bool everything) {
  constexpr unsigned kTries = 100;
  std::unique_lock hold(lock_);
  if (has_defect(Defect::unmap_all_or_nothing)) {
    for (auto area = areas_.seek(first); area && area->first <= last; area.advance())
      if (area->first < first || area->last > last) return {ENOENT, 0};
  }
  std::uint64_t bytes = 0;
  bool removed = false;
  unsigned tries = 0;
  for (std::uint64_t at = first;;) {
    Area* const area = areas_.overlap(at, last);
    if (area == nullptr) break;
    if (area->first < first || area->last > last) return {ENOENT, 0};
    if (area->accesses > 0 && !has_defect(Defect::unmap_ignores_pins)) {
      if (++tries > kTries) return {EDEADLOCK, 0};
      area->prevent_access = true;
      tell_accesses(hold, area->first, area->last);
      continue;
    }
    tries = 0;
    removed = true;
    const std::uint64_t area_last = area->last;
    bytes += area_last - area->first + 1;
    remove_area(*area);
    if (area_last >= last) break;
    at = area_last + 1;
  }
  if (!removed && !everything) return {ENOENT, 0};
  return {0, bytes};
}

// ---- IO page tables -------------------------------------------------------------------------------------------------

int Ioas::add_table(IoPageTable& table) {
  std::unique_lock hold(lock_);
  const IoPageTableFormat& format = table.format();
  const bool below = format.aperture_first > 0;
  const bool above = format.aperture_last < kMax;
  if (has_areas_below(format.smallest_page)) return EADDRINUSE;
  if (below && areas_.overlap(0, format.aperture_first - 1) != nullptr) return EADDRINUSE;
  if (above && areas_.overlap(format.aperture_last + 1, kMax) != nullptr) return EADDRINUSE;

  auto area = areas_.begin();
  const bool first_table = tables_.empty();
  bool entered = true;  // whether `area` is in the table, not only pinned for it
  int error = 0;
  const auto undo = [&] {
    if (!entered && first_table) area->pages->drop(area->first_page(), area->last_page());
    for (auto done = areas_.begin(); done && (!area || done->first < area->first); done.advance()) {
      table.unmap(*done.get());
      if (first_table && !has_defect(Defect::failed_attach_leaks))
        done->pages->drop(done->first_page(), done->last_page());
    }
    reserved_.remove(&table);
  };
  try {
    tables_.reserve(tables_.size() + 1);
    if (below) reserved_.add(0, format.aperture_first - 1, &table);
    if (above) reserved_.add(format.aperture_last + 1, kMax, &table);
    for (; area; area.advance()) {
      if (first_table) error = area->pages->use(area->first_page(), area->last_page());
      if (error != 0) break;
      entered = false;
      table.map(*area.get());
      entered = true;
    }
  } catch (...) {
    undo();
    throw;
  }
  if (error != 0) {
    undo();
    return error;
  }
  tables_.push_back(&table);
  update_alignment();
  return 0;
}

void Ioas::remove_table(IoPageTable& table) {
  std::unique_lock hold(lock_);
  std::erase(tables_, &table);
  for (auto area = areas_.begin(); area; area.advance()) {
    table.unmap(*area.get());
    if (!has_tables()) area->pages->drop(area->first_page(), area->last_page());
  }
  reserved_.remove(&table);
  update_alignment();
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
