// SPDX-License-Identifier: Apache-2.0
// The page table of Linux's mock domain (linux drivers/iommu/iommufd/selftest.c).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "hw_reference/iommufd/interval_index.hpp"
#include "hw_reference/iommufd/io_page_table.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// default_pages: every power of two from 2 KiB on, below 2 GiB; huge_pages: 4 KiB and 1 MiB, below 2^38.
enum class MockFormat : std::uint32_t { default_pages, huge_pages };

// It keeps no entries of its own: it reads the interval index of the IOAS and the frames of the pages objects. Which
// entries there are follows from them: each is the greatest aligned block inside an area whose frames are adjacent.
class MockPageTable final : public IoPageTable {
 public:
  MockPageTable(MockFormat format, bool dirty, const IntervalIndex<Area>& areas);

  int map(const Area&) override { return 0; }
  void unmap(const Area& area) override;
  bool unmap_all() override;
  std::optional<std::uint64_t> translate(std::uint64_t iova) const override;

  bool tracks_dirty() const override { return tracks_dirty_; }
  int set_tracking(bool enable) override;
  bool tracking() const { return tracking_; }
  void read_dirty(const Area& area, std::uint64_t first, std::uint64_t last, bool keep, const Found& found) override;

  // As if a device wrote there: the entry of `iova` becomes dirty. False: there is none. Throws std::bad_alloc.
  bool mark_dirty(std::uint64_t iova);

  // The entry of an address inside an area, closed.
  struct Entry {
    std::uint64_t first;
    std::uint64_t last;
  };
  Entry entry_of(const Area& area, std::uint64_t iova) const;

 private:
  bool is_block(const Area& area, std::uint64_t first, std::uint64_t size) const;

  const MockFormat kind_;
  const bool tracks_dirty_;
  bool tracking_ = false;
  const IntervalIndex<Area>& areas_;
  std::map<std::uint64_t, std::uint64_t> dirty_;  // entries, first -> last
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
