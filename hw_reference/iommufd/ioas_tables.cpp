// SPDX-License-Identifier: Apache-2.0
// The part of an IOAS that fills IO page tables and reads what devices wrote.
#include <algorithm>
#include <bit>
#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/ioas.hpp"
#include "hw_reference/iommufd/numbers.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

int Ioas::add_table(IoPageTable& table) {
  std::unique_lock hold(lock_);
  const IoPageTableFormat& format = table.format();
  const bool below = format.aperture_first > 0;
  const bool above = format.aperture_last < kMaxWord;
  const auto in_use = [this](std::uint64_t first, std::uint64_t last) {
    const bool allowed = !has_defect(Defect::aperture_ignores_allowed) && allowed_.overlaps(first, last);
    return areas_.overlap(first, last) != nullptr || allowed;
  };
  if (format.smallest_page > kPageSize) return EINVAL;
  if (has_areas_below(format.smallest_page)) return EADDRINUSE;
  if (below && in_use(0, format.aperture_first - 1)) return EADDRINUSE;
  if (above && in_use(format.aperture_last + 1, kMaxWord)) return EADDRINUSE;

  auto area = areas_.begin();
  const bool first_table = tables_.empty() || has_defect(Defect::second_table_pins);
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
    if (has_defect(Defect::failed_attach_reserves)) reserved_.add(0, format.aperture_first, nullptr);
  };
  try {
    tables_.reserve(tables_.size() + 1);
    if (below) reserved_.add(0, format.aperture_first - 1, &table);
    if (above) reserved_.add(format.aperture_last + 1, kMaxWord, &table);
    for (; area; area.advance()) {
      if (first_table) {
        error = area->pages->use(area->first_page(), area->last_page());
        if (error != 0) break;
        area->small_entries = !large_pages_;
      }
      entered = false;
      error = table.map(*area.get());
      if (error != 0) break;
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
  const bool unmapped = table.unmap_all();
  for (auto area = areas_.begin(); area && (!unmapped || !has_tables()); area.advance()) {
    if (!unmapped) table.unmap(*area.get());
    if (!has_tables() && !has_defect(Defect::last_detach_keeps_pins)) {
      area->pages->drop(area->first_page(), area->last_page());
      if (has_defect(Defect::last_detach_unpins_all)) area->pages->drop(area->first_page(), area->last_page());
    }
  }
  reserved_.remove(&table);
  update_alignment();
}

std::optional<std::uint64_t> Ioas::translate(const IoPageTable& table, std::uint64_t iova) const {
  std::shared_lock hold(lock_);
  return table.translate(iova);
}

// ---- dirty tracking -------------------------------------------------------------------------------------------------

int Ioas::set_dirty_tracking(IoPageTable& table, bool enable) {
  std::unique_lock hold(lock_);
  if (enable) {
    for (auto area = areas_.begin(); area; area.advance())
      table.read_dirty(*area.get(), area->first, area->last, false, [](std::uint64_t, std::uint64_t) {});
  }
  return table.set_tracking(enable);
}

void Ioas::read_dirty(IoPageTable& table, IovaRange range, std::uint64_t granule, bool keep, const SetBits& set) {
  const auto shift = static_cast<unsigned>(std::countr_zero(granule));
  const auto found = [&](std::uint64_t first, std::uint64_t last) {
    set((first - range.first) >> shift, (last - range.first) >> shift);
  };
  std::unique_lock hold(lock_);
  auto area = areas_.seek(range.first);
  for (std::uint64_t at = range.first; area && area->first <= at; area.advance()) {
    const std::uint64_t last = std::min(area->last, range.last);
    table.read_dirty(*area.get(), at, last, keep, found);
    if (last == range.last) break;
    at = last + 1;
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
