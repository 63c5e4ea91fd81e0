// SPDX-License-Identifier: Apache-2.0
// A translation that streams are attached to: a page table and what the SMMU may remember of it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/domain/driver.hpp"
#include "hw_reference/domain/invalidation.hpp"
#include "hw_reference/pgtable/page_table.hpp"
#include "hw_reference/result.hpp"

namespace hw::domain {

namespace pgtable = hw_reference::pgtable;

// What was unmapped and not yet invalidated. Ranges that neither touch nor overlap, or that had leaves of other sizes,
// are not gathered together: the first is invalidated then.
struct Unmapped {
  pgtable::Gather gather;
};

// Calls that map and unmap must be serialized by the caller (an IOAS does so); attaching may run beside them.
// mutex: protects `endpoints_`. Taken under the driver's; the locks of queues are not taken under it.
class Domain {
 public:
  // EINVAL: no such table format, or the SMMU does not mark what is written; ENOSPC: no number is left; ENOMEM: no
  // table. `parent`: guests may nest in it (stage 2).
  static hw_reference::Result<std::unique_ptr<Domain>> make(Driver& driver, const pgtable::Shape& shape,
                                                            bool parent = false);
  // No stream may be attached. What the SMMU remembers is gone before the number can be used again.
  ~Domain();
  Domain(const Domain&) = delete;
  Domain& operator=(const Domain&) = delete;

  const pgtable::Format& format() const { return table_->format(); }
  std::uint64_t smallest_page() const { return format().page_sizes() & -format().page_sizes(); }

  // Maps size bytes, in the greatest pages that fit; all or nothing. EINVAL: not multiples of the smallest page, size
  // 0, or no right; ERANGE: beyond the input or output size; EEXIST: a byte is mapped; ENOMEM. Afterwards every access
  // succeeds, whatever the SMMU remembers. `sizes`: a mask of the page sizes to use, among them the smallest.
  int map(std::uint64_t iova, std::uint64_t address, std::uint64_t size, pgtable::Prot prot,
          std::uint64_t sizes = ~std::uint64_t{0});

  // Maps pages of the smallest size, each to an address of its own. Errors as above.
  int map_each(std::uint64_t iova, std::span<const std::uint64_t> addresses, pgtable::Prot prot);

  // Unmaps and returns how many bytes: it stops at the first byte that is not mapped, and at a leaf that is not all
  // inside. Afterwards nothing reaches them. Returns 0 if the range is not made of pages.
  // Tables that become empty bit by bit may stay. Above kSpareTables, and twice what was needed when it last looked, it
  // looks for them: so there are never more than that many or twice the most that was needed at once, wherever in the
  // address space it was. Where there is no memory for another table, they go at once.
  static constexpr std::size_t kSpareTables = 64;
  std::uint64_t unmap(std::uint64_t iova, std::uint64_t size);

  // The same, without the invalidation, which must follow: what was unmapped must not be used again before.
  std::uint64_t unmap_fast(std::uint64_t iova, std::uint64_t size, Unmapped& unmapped);
  void sync(Unmapped& unmapped);

  std::size_t tables() const { return table_->tables(); }  // below the root

  std::optional<pgtable::Translation> lookup(std::uint64_t iova) const { return table_->lookup(iova); }

  // Calls found(first, last) for each leaf that devices have written in the range, and forgets that of leaves all
  // inside unless `keep`; a write after that is found by the next call. The shape must have `dirty`.
  void read_dirty(std::uint64_t iova, std::uint64_t length, bool keep, const pgtable::PageTable::Found& found);

  // ---- for the driver ----

  smmu::Words stream_entry() const;  // without a guest
  const Driver& driver() const { return driver_; }
  bool is_parent() const { return tag_.parent; }
  bool is_first_stage() const { return !tag_.second; }
  const smmu::Words& context() const { return context_words_; }  // of stage 1
  std::uint16_t vmid() const { return tag_.vmid; }
  void add_endpoint(smmu::StreamId stream);
  void remove_endpoint(smmu::StreamId stream);
  unsigned streams = 0;  // attached; protected by the driver's mutex
  std::uint64_t invalidations() const { return invalidations_; }

 private:
  Domain(Driver& driver, const Tag& tag) : driver_(driver), tag_(tag) {}

  bool collect_tables();
  void invalidate_range(const Stale& stale);
  void invalidate_endpoints(Batch& batch, std::uint64_t first, std::uint64_t last);
  void forget_number();

  Driver& driver_;
  const Tag tag_;
  std::unique_ptr<pgtable::PageTable> table_;
  PhysAddr context_ = 0;  // stage 1
  smmu::Words context_words_{};
  std::mutex mutex_;
  std::vector<smmu::StreamId> endpoints_;  // that may keep translations
  std::uint64_t invalidations_ = 0;
  std::size_t collect_above_ = kSpareTables;  // tables; serialized as the calls that map and unmap
};

}  // namespace hw::domain
