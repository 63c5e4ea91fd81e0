// SPDX-License-Identifier: Apache-2.0
// What a device's IO page table offers to the address space that fills it: the joint at which pgtable/ takes over.
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/iommufd/area.hpp"
#include "hw_reference/iommufd/interval_index.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The geometry of Linux's mock domain.
struct IoPageTableFormat {
  std::uint64_t smallest_page = 2048;         // bytes, a power of two, at most kPageSize
  std::uint64_t aperture_first = 0x100'0000;  // IOVA, closed
  std::uint64_t aperture_last = 0x7fff'ffff;
};

// Protected by the lock of the IOAS whose areas it holds.
//
// This one keeps no entries of its own: it reads the interval index of the IOAS and the frames of the pages objects.
class IoPageTable {
 public:
  IoPageTable(const IoPageTableFormat& format, const IntervalIndex<Area>& areas) : format_(format), areas_(areas) {}

  const IoPageTableFormat& format() const { return format_; }

  // Enters an area whose pages are pinned. May throw std::bad_alloc, and then has entered nothing.
  void map(const Area&) {}
  // Removes an area, before its pages are unpinned. Never fails.
  void unmap(const Area&) {}

  // The physical address that a device reaches at `iova`, none if the access faults.
  std::optional<std::uint64_t> translate(std::uint64_t iova) const {
    const Area* area = areas_.find(iova);
    if (area == nullptr) return std::nullopt;
    const std::uint64_t offset = area->offset + (iova - area->first);
    const auto frame = area->pages->frame(offset >> kPageShift);
    if (!frame) return std::nullopt;
    return (std::uint64_t{*frame} << kPageShift) + offset % kPageSize;
  }

 private:
  const IoPageTableFormat format_;
  const IntervalIndex<Area>& areas_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
