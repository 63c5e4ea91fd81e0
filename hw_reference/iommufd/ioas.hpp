// SPDX-License-Identifier: Apache-2.0
// An IO address space: which memory is mapped where, for its devices and accesses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "hw_reference/iommufd/allowed_ranges.hpp"
#include "hw_reference/iommufd/area.hpp"
#include "hw_reference/iommufd/interval_index.hpp"
#include "hw_reference/iommufd/io_page_table.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/iommufd/pages.hpp"
#include "hw_reference/iommufd/reserved_ranges.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

class Access;
class HwptPaging;

// A part of a pages object: what one area maps, or what an access pin keeps in place.
struct Slice {
  PagesRef pages;
  std::uint64_t offset;  // bytes from the start of page 0
  std::uint64_t length;  // bytes, > 0
};

// Where a mapping goes: to `iova`, or to an address that the IOAS chooses.
struct Place {
  bool fixed;
  std::uint64_t iova;
};

// What is free of reserved ranges.
struct IovaRangesAnswer {
  std::uint32_t total;      // ranges that there are
  std::uint64_t alignment;  // bytes, of addresses and lengths
};

// lock: protects the areas with their counts, the reserved and allowed ranges, the tables, the accesses, the size of
//   entries and the alignment. Readers may share it. Taken under the lock of an access, never together with that of
//   another IOAS except by a change of process; the locks of pages objects are taken under it. It is not held while
//   accesses are told about an unmap.
// automatic: protected by the control mutex of the open file (Context).
//
// All ranges are IOVA, closed. Errors are those of the calls in iommufd.hpp; std::bad_alloc passes through, and then
// the call has changed nothing.
class Ioas final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::ioas;

  Ioas() : Object(kType) {}
  ~Ioas() override { remove_areas(); }
  void retire() override { remove_areas(); }  // nobody may be attached

  // One area for each slice, in this order from the place; all or none. `length` is the sum of the slices' lengths.
  // Returns the first address.
  Result<std::uint64_t> map(std::span<const Slice> slices, std::uint64_t length, Place place, Rights rights);

  // What is mapped at a range, one slice for each area. ENOENT: there is a gap.
  Result<std::vector<Slice>> slices(std::uint64_t first, std::uint64_t last) const;

  // Removes the areas of a range, ascending, and adds their lengths to `bytes`, modulo 2^64. A failure leaves the lower
  // areas removed.
  int unmap(std::uint64_t first, std::uint64_t last, std::uint64_t& bytes);

  // ---- ranges (ioas_ranges.cpp) ----

  // Owner null: for good. EADDRINUSE: an area or an allowed range is there.
  int reserve(std::uint64_t first, std::uint64_t last, ReservedRanges::Owner owner = nullptr);
  void release(ReservedRanges::Owner owner);
  // Stores as many as fit.
  IovaRangesAnswer iova_ranges(std::span<IovaRange> ranges) const;
  // EADDRINUSE: one is partly reserved, and the old ones stay.
  int allow(AllowedRanges allowed);

  // ---- options (ioas_ranges.cpp) ----

  std::uint64_t alignment() const;
  bool large_pages() const;
  // EINVAL: no, while a table has areas; EADDRINUSE: no, and an area is not aligned to pages.
  int set_large_pages(bool large);

  // ---- IO page tables (ioas_tables.cpp) ----

  // Fills a table with all areas and keeps it so. EINVAL: its pages are too large; EADDRINUSE, EFAULT.
  int add_table(IoPageTable& table);
  void remove_table(IoPageTable& table);
  std::optional<std::uint64_t> translate(const IoPageTable& table, std::uint64_t iova) const;
  // Switching it on forgets what was dirty before.
  int set_dirty_tracking(IoPageTable& table, bool enable);
  // Bit n stands for first + n * granule. Calls `set` with the first and last bit, closed, of each entry that is dirty,
  // and forgets that unless `keep`; up to the first gap.
  using SetBits = std::function<void(std::uint64_t first, std::uint64_t last)>;
  void read_dirty(IoPageTable& table, IovaRange range, std::uint64_t granule, bool keep, const SetBits& set);
  // For a table's owner, with the areas standing still.
  template <class Call>
  auto locked(Call call) const {
    std::unique_lock hold(lock_);
    return call();
  }

  // ---- for VFIO's calls (ioas_split.cpp) ----

  // Divides the areas after these addresses, in this order; not after their first byte, nor the last. A failure leaves
  // earlier ones divided. EBUSY: an unmap is under way; EOPNOTSUPP: it is of a DMA buffer; EINVAL: a half would not be
  // aligned, an access has pinned some of it, or a table may have it in large entries.
  int cut(std::span<const std::uint64_t> lasts);
  bool coherent() const;             // whether all tables keep DMA coherent
  std::uint64_t page_sizes() const;  // that all tables know, as bits; none smaller than the CPU's

  // ---- accesses (ioas_access.cpp) ----

  // Accesses that pin raise the alignment. EBUSY: there are kAccesses; EADDRINUSE.
  static constexpr std::size_t kAccesses = 65536;
  int add_access(const std::shared_ptr<Access>& access);
  void remove_access(const Access& access);

  // Pins the memory behind a range and appends a slice per area to `pinned`. `lock`: the areas cannot be unmapped.
  int pin(std::uint64_t first, std::uint64_t last, Rights rights, bool lock, std::vector<Slice>& pinned);
  // Undoes it; `slices` are what it appended.
  void unpin(std::uint64_t first, bool lock, std::span<const Slice> slices);

  // Copies a range with the CPU to `to` or from `from`, the other being null, area by area; as Pages::copy.
  int copy(std::uint64_t first, std::uint64_t last, std::byte* to, const std::byte* from, const PinSource* caller);

  // ---- for a change of process, and for observers ----

  SharedMutex& mutex() const { return lock_; }
  const IntervalIndex<Area>& areas() const { return areas_; }

  // The automatic tables, oldest first: of devices that were attached to this IOAS. Not owned.
  std::vector<HwptPaging*> automatic;

 private:
  static constexpr unsigned kShifts = kPageShift + 1;

  bool has_tables() const { return !tables_.empty(); }
  bool has_areas_below(std::uint64_t alignment) const;
  void update_alignment();
  Result<std::uint64_t> choose_place(std::uint64_t length, std::uint64_t address) const;
  int check_place(std::uint64_t length, std::uint64_t iova) const;
  bool occupied(std::uint64_t first, std::uint64_t last) const;
  int add_area(const Slice& slice, std::uint64_t iova, std::uint64_t last, Rights rights);
  void remove_area(Area& area);
  void remove_areas();
  int use_pages(Area& area);
  int cut_area(std::uint64_t last);
  void remove_range(std::uint64_t first, std::uint64_t end);
  void tell_accesses(std::unique_lock<SharedMutex>& hold, std::uint64_t first, std::uint64_t last);

  mutable SharedMutex lock_;
  IntervalIndex<Area> areas_;                  // owns them
  std::array<std::size_t, kShifts> shifts_{};  // how many areas have each Area::alignment_shift()
  ReservedRanges reserved_;
  AllowedRanges allowed_;
  std::vector<IoPageTable*> tables_;
  std::vector<std::shared_ptr<Access>> accesses_;
  std::size_t pinners_ = 0;  // accesses that may pin
  bool large_pages_ = true;
  std::uint64_t alignment_ = 1;  // of addresses, lengths and offsets; derived from tables, accesses and large_pages_
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
