// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "hw_reference/pgtable/entry.hpp"
#include "hw_reference/pgtable/page_table.hpp"

namespace hw_reference::pgtable {

void PageTable::read_dirty_below(std::uint64_t* entries, unsigned level, std::uint64_t first, std::uint64_t last,
                                 bool keep, Gather& gather, const Found& found) {
  const Level& shape = levels_[level];
  const std::uint64_t size = std::uint64_t{1} << shape.shift;
  for (std::uint64_t at = first & ~(size - 1);;) {
    std::uint64_t* const entry = entry_of(entries, level, at);
    const std::uint64_t value = load(entry);
    std::uint64_t bytes = size;
    if (Format::is_table(level, value)) {
      read_dirty_below(words(format_.address(value)), level + 1, std::max(first, at), std::min(last, at + (size - 1)),
                       keep, gather, found);
    } else if (Format::is_valid(value)) {
      // Of the entries that make up one leaf the IOMMU marks any.
      std::uint64_t* leaf = entry;
      std::uint64_t group = 1;
      if ((value & Format::kContiguous) != 0) {
        group = std::uint64_t{1} << shape.contiguous;
        at &= ~((size << shape.contiguous) - 1);
        leaf = entry_of(entries, level, at);
        bytes = size << shape.contiguous;
      }
      const bool stays = keep || at < first || last - at < bytes - 1;
      bool dirty = false;
      for (std::uint64_t i = 0; i < group; ++i) {
        if (!format_.is_dirty(load(leaf + i))) continue;
        dirty = true;
        if (stays) continue;
        // Alone, for the IOMMU may be writing the same entry.
        if (format_.dirty_is_set())
          __atomic_fetch_and(leaf + i, ~format_.dirty_bit(), __ATOMIC_RELAXED);
        else
          __atomic_fetch_or(leaf + i, format_.dirty_bit(), __ATOMIC_RELAXED);
      }
      if (dirty) {
        found(at, at + (bytes - 1));
        if (!stays) {
          gather.add(at, at + (bytes - 1));
          gather.leaf_sizes |= size;
        }
      }
    }
    if (last - at < bytes) return;
    at += bytes;
  }
}

void PageTable::read_dirty(std::uint64_t iova, std::uint64_t length, bool keep, Gather& gather, const Found& found) {
  if (length == 0 || iova >= inputs_) return;
  read_dirty_below(words(root_), start_, iova, iova + (std::min(length, inputs_ - iova) - 1), keep, gather, found);
}

}  // namespace hw_reference::pgtable
