// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/mock_page_table.hpp"

#include <algorithm>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint64_t kMockPage = 2048;
constexpr std::uint64_t kMockHugePage = std::uint64_t{1} << 20;
constexpr unsigned kGreatestShift = 36;  // log2 of the greatest page

IoPageTableFormat format_of(MockFormat format) {
  if (format == MockFormat::huge_pages) return {kPageSize, 0, (std::uint64_t{1} << 38) - 1, kPageSize | kMockHugePage};
  return {kMockPage, 0x100'0000, 0x7fff'ffff, (std::uint64_t{2} << kGreatestShift) - kMockPage};
}

}  // namespace

MockPageTable::MockPageTable(MockFormat format, bool dirty, const IntervalIndex<Area>& areas)
    : IoPageTable(format_of(format)), kind_(format), tracks_dirty_(dirty), areas_(areas) {}

std::optional<std::uint64_t> MockPageTable::translate(std::uint64_t iova) const {
  const Area* area = areas_.find(iova);
  if (area == nullptr || !area->pages->is_reachable()) return std::nullopt;
  const std::uint64_t offset = area->offset + (iova - area->first);
  const auto frame = area->pages->frame(offset >> kPageShift);
  if (!frame) return std::nullopt;
  return (std::uint64_t{*frame} << kPageShift) + offset % kPageSize;
}

void MockPageTable::unmap(const Area& area) {
  if (dirty_.empty()) return;
  dirty_.erase(dirty_.lower_bound(area.first), dirty_.upper_bound(area.last));
}

bool MockPageTable::unmap_all() {
  dirty_.clear();
  return true;
}

int MockPageTable::set_tracking(bool enable) {
  tracking_ = enable;
  return 0;
}

// Whether `size` bytes from `first` lie in the area on adjacent frames, aligned to their size.
bool MockPageTable::is_block(const Area& area, std::uint64_t first, std::uint64_t size) const {
  if (first < area.first || first > area.last || area.last - first < size - 1) return false;
  const std::uint64_t offset = area.offset + (first - area.first);
  const std::uint64_t page = offset >> kPageShift;
  const std::uint64_t last_page = (offset + size - 1) >> kPageShift;
  const auto frame = area.pages->frame(page);
  if (!frame || ((std::uint64_t{*frame} << kPageShift) + offset % kPageSize) % size != 0) return false;
  bool adjacent = true;
  area.pages->visit_runs(page, last_page, [&](std::uint64_t, Frame, std::uint64_t pages) {
    adjacent = adjacent && pages == last_page - page + 1;
  });
  return adjacent;
}

// Blocks of powers of two are inside each other, so the greatest that will do is found by growing.
MockPageTable::Entry MockPageTable::entry_of(const Area& area, std::uint64_t iova) const {
  std::uint64_t size = area.small_entries ? kPageSize : format().smallest_page;
  std::uint64_t first = iova & ~(size - 1);
  if (!area.small_entries && kind_ == MockFormat::huge_pages) {
    const std::uint64_t block = iova & ~(kMockHugePage - 1);
    if (is_block(area, block, kMockHugePage)) first = block, size = kMockHugePage;
  } else if (!area.small_entries) {
    for (std::uint64_t next = 2 * size; next >> kGreatestShift <= 1; next *= 2) {
      const std::uint64_t block = iova & ~(next - 1);
      if (!is_block(area, block, next)) break;
      first = block, size = next;
    }
  }
  return {first, first + (size - 1)};
}

bool MockPageTable::mark_dirty(std::uint64_t iova) {
  const Area* area = areas_.find(iova);
  if (area == nullptr || !area->pages->is_reachable()) return false;
  Entry entry = entry_of(*area, iova);
  if (has_defect(Defect::dirty_page_too_long)) ++entry.last;
  dirty_.emplace(entry.first, entry.last);
  return true;
}

void MockPageTable::read_dirty(const Area& area, std::uint64_t first, std::uint64_t last, bool keep,
                               const Found& found) {
  if (!area.pages->is_reachable()) return;
  auto entry = dirty_.upper_bound(first);
  if (entry != dirty_.begin() && std::prev(entry)->second >= first) --entry;
  while (entry != dirty_.end() && entry->first <= last) {
    found(std::max(entry->first, first), std::min(entry->second, last));
    entry = keep ? std::next(entry) : dirty_.erase(entry);
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
