// SPDX-License-Identifier: Apache-2.0
// An IO address space: which memory is mapped where, for its devices and accesses.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "hw_reference/iommufd/area.hpp"
#include "hw_reference/iommufd/interval_index.hpp"
#include "hw_reference/iommufd/io_page_table.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/iommufd/pages.hpp"
#include "hw_reference/iommufd/reserved_ranges.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class Access;
class Hwpt;

// A part of a pages object: what one area maps, or what an access pin keeps in place.
struct Slice {
  PagesRef pages;
  std::uint64_t offset;  // bytes from the start of page 0
  std::uint64_t length;  // bytes, > 0
};

// lock: protects the areas with their counts, the reserved ranges, the tables, the accesses and the alignment. Readers
// may
//   share it. Taken under the lock of an access, never together with that of another IOAS; the locks of pages objects
//   are taken under it. It is not held while accesses are told about an unmap.
// device_mutex: serializes attach and detach of devices and protects `automatic`. Taken before `lock`.
//
// All ranges are IOVA, closed. Errors are those of the calls in iommufd.hpp; std::bad_alloc passes through, and then
// the call has changed nothing.
class Ioas final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::ioas;

  Ioas() : Object(kType) {}
  ~Ioas() override;  // removes all areas; nobody may be attached

  // One area for each slice, in this order from `iova`; all or none. `length` is the sum of the slices' lengths.
  int map(std::span<const Slice> slices, std::uint64_t length, std::uint64_t iova, Rights rights);

  // What is mapped at a range, one slice for each area. ENOENT: there is a gap.
  Result<std::vector<Slice>> slices(std::uint64_t first, std::uint64_t last) const;

  // Removes the areas of a range, ascending, and returns the sum of their lengths modulo 2^64. A failure leaves the
  // lower areas removed. `everything`: an empty range is no error.
  Result<std::uint64_t> unmap(std::uint64_t first, std::uint64_t last, bool everything);

  int reserve(std::uint64_t first, std::uint64_t last);

  // Fills a table with all areas and keeps it so. EADDRINUSE, EFAULT.
  int add_table(IoPageTable& table);
  void remove_table(IoPageTable& table);

  // Accesses that pin raise the alignment. EADDRINUSE.
  int add_access(const std::shared_ptr<Access>& access);
  void remove_access(const Access& access);

  // Pins the memory behind a range and appends a slice per area to `pinned`.
  int pin(std::uint64_t first, std::uint64_t last, Rights rights, std::vector<Slice>& pinned);
  // Undoes it; `slices` are what it appended.
  void unpin(std::uint64_t first, std::span<const Slice> slices);

  std::optional<std::uint64_t> translate(const IoPageTable& table, std::uint64_t iova) const {
    std::shared_lock hold(lock_);
    return table.translate(iova);
  }
  const IntervalIndex<Area>& areas() const { return areas_; }

  std::mutex device_mutex;
  Hwpt* automatic = nullptr;  // of the devices that were attached to this IOAS; null while there are none

 private:
  static constexpr unsigned kShifts = kPageShift + 1;

  bool has_tables() const { return !tables_.empty(); }
  bool has_areas_below(std::uint64_t alignment) const;
  void update_alignment();
  int check_place(std::uint64_t length, std::uint64_t iova) const;
  bool occupied(std::uint64_t first, std::uint64_t last) const;
  int add_area(const Slice& slice, std::uint64_t iova, std::uint64_t last, Rights rights);
  void remove_area(Area& area);
  int use_pages(Area& area);
  void remove_range(std::uint64_t first, std::uint64_t end);
  void tell_accesses(std::unique_lock<std::shared_mutex>& hold, std::uint64_t first, std::uint64_t last);

  mutable std::shared_mutex lock_;
  IntervalIndex<Area> areas_;                  // owns them
  std::array<std::size_t, kShifts> shifts_{};  // how many areas have each Area::alignment_shift()
  ReservedRanges reserved_;
  std::vector<IoPageTable*> tables_;
  std::vector<std::shared_ptr<Access>> accesses_;
  std::size_t pinners_ = 0;      // accesses that may pin
  std::uint64_t alignment_ = 1;  // of addresses, lengths and offsets; derived from tables and accesses
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
