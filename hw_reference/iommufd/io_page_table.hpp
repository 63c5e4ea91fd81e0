// SPDX-License-Identifier: Apache-2.0
// What a device's IO page table offers to the address space that fills it. A driver of a kind of IOMMU implements it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "hw_reference/iommufd/area.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct IoPageTableFormat {
  std::uint64_t smallest_page = kPageSize;  // bytes, a power of two
  std::uint64_t aperture_first = 0;         // IOVA, closed
  std::uint64_t aperture_last = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t page_sizes = -kPageSize;  // as bits; the lowest is smallest_page
};

// Protected by the lock of the IOAS whose areas it holds: the calls that change it are made with the lock held alone.
class IoPageTable {
 public:
  explicit IoPageTable(const IoPageTableFormat& format) : format_(format) {}
  virtual ~IoPageTable() = default;
  IoPageTable(const IoPageTable&) = delete;
  IoPageTable& operator=(const IoPageTable&) = delete;

  const IoPageTableFormat& format() const { return format_; }

  // Enters an area whose pages are pinned. An errno, or std::bad_alloc, and then it has entered nothing.
  virtual int map(const Area& area) = 0;
  // Removes an area, before its pages are unpinned: afterwards no device reaches them. Never fails.
  virtual void unmap(const Area& area) = 0;
  // Removes all areas that `unmap` would be called for one by one, if that is quicker than so; false: it is not.
  virtual bool unmap_all() { return false; }

  // The physical address that a device reaches at `iova`, none if the access faults.
  virtual std::optional<std::uint64_t> translate(std::uint64_t iova) const = 0;

  // Whether devices can be kept from reaching memory past the caches of the CPU.
  virtual bool coherent() const { return false; }

  // ---- dirty tracking ----

  virtual bool tracks_dirty() const { return false; }  // whether the calls below may be made
  virtual int set_tracking(bool) { return 0; }         // EOPNOTSUPP, ...
  // Calls `found(first, last)` for each range of first..last, closed, of one area that devices wrote, and forgets that
  // unless `keep`. An entry of the table is dirty as a whole.
  using Found = std::function<void(std::uint64_t, std::uint64_t)>;
  virtual void read_dirty(const Area&, std::uint64_t /*first*/, std::uint64_t /*last*/, bool /*keep*/, const Found&) {}

 private:
  const IoPageTableFormat format_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
