// SPDX-License-Identifier: Apache-2.0
// A tree of Arm LPAE tables: map, unmap, look up.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "hw_reference/pgtable/format.hpp"
#include "hw_reference/pgtable/gather.hpp"
#include "hw_reference/pgtable/table_memory.hpp"

namespace hw_reference::pgtable {

struct Translation {
  std::uint64_t address;    // physical, of the very byte
  std::uint64_t page_size;  // of the leaf, in bytes
  Prot prot;
};

// Calls that change the tree must be serialized by the caller (an IOAS does so). `lookup` and the IOMMU may read at any
// time: entries change by single atomic stores, a table is complete before it is linked, and one that was unlinked is
// freed only after the invalidation.
//
// Errors are positive Linux errnos. A call that fails has changed no translation; tables that it put in may stay,
// empty. So do tables that unmapping emptied bit by bit: to look at all entries of a table costs more than an unmap of
// a page. `collect_empty` takes them out.
class PageTable {
 public:
  // Called when an empty table gives way to a block: whatever the IOMMU holds of the tables for first..last must be
  // gone when it returns.
  using FlushTables = std::function<void(std::uint64_t first, std::uint64_t last)>;

  // Null if there is no memory for the first level.
  static std::unique_ptr<PageTable> make(const Format& format, TableMemory& memory, FlushTables flush);
  ~PageTable();
  PageTable(const PageTable&) = delete;
  PageTable& operator=(const PageTable&) = delete;

  const Format& format() const { return format_; }
  std::uint64_t root() const { return root_; }  // physical address

  // Maps `count` leaves of `page_size` bytes from `iova` to physical memory from `address`; any number of tables.
  // EINVAL: no such leaf size, count 0, no right, or an address is not a multiple of the size; ERANGE: the last byte is
  // beyond the input or output size; EEXIST: a byte of the range is mapped; ENOMEM.
  // No entry is written before all are known to be free, so there is never anything to invalidate.
  int map_pages(std::uint64_t iova, std::uint64_t address, std::uint64_t page_size, std::uint64_t count, Prot prot);

  // Maps pages of the smallest size from `iova`, each to an address of its own. Errors as map_pages.
  int map_each(std::uint64_t iova, std::span<const std::uint64_t> addresses, Prot prot);

  // Unmaps from `iova` up to `length` bytes, leaf by leaf, and returns how many: it stops before the first byte that is
  // not mapped and before a leaf that is not all inside. Tables all inside that have become empty go to the gather.
  std::uint64_t unmap(std::uint64_t iova, std::uint64_t length, Gather& gather);

  // Takes every table without a leaf below it out of the tree, into the gather, whose range then covers theirs.
  void collect_empty(Gather& gather);
  std::size_t tables() const { return tables_; }  // below the root, in the tree

  std::optional<Translation> lookup(std::uint64_t iova) const;

  // Calls found(first, last) for each leaf that reaches into the `length` bytes from `iova` and that the IOMMU has
  // marked as written, ascending; past gaps. Without `keep` the mark is taken away from leaves that are all inside (of
  // a part of another nobody has been told yet), and what the IOMMU remembers of the leaf is gathered: until that is
  // invalidated, further writes may go unmarked. The shape must have `dirty`.
  using Found = std::function<void(std::uint64_t first, std::uint64_t last)>;
  void read_dirty(std::uint64_t iova, std::uint64_t length, bool keep, Gather& gather, const Found& found);

 private:
  struct Removal;

  PageTable(const Format& format, TableMemory& memory, FlushTables flush, std::uint64_t root);

  // Format, laid out for speed.
  struct Level {
    unsigned shift;
    unsigned contiguous;  // log2 of the entries of a leaf with the contiguous hint; 0: none
    std::uint64_t mask;   // of an entry's index
    std::array<std::uint64_t, kAllProt + 1> leaf_bits;
  };
  static constexpr std::uint8_t kNoLevel = 0xff;

  std::uint64_t* words(std::uint64_t address) const { return reinterpret_cast<std::uint64_t*>(direct_map_ + address); }
  std::uint64_t* entry_of(std::uint64_t* entries, unsigned level, std::uint64_t iova) const {
    return entries + (iova >> levels_[level].shift & levels_[level].mask);
  }
  std::uint64_t* table_for(std::uint64_t iova, unsigned level, int& error);
  std::uint64_t* put_table(std::uint64_t* at, int& error);
  int clear_way(std::uint64_t* entries, std::uint64_t iova, std::uint64_t count, unsigned level);
  bool is_empty(std::uint64_t table, unsigned level) const;
  bool collect_below(std::uint64_t* entries, unsigned level, std::uint64_t first, Gather& gather);
  void free_below(std::uint64_t table, unsigned level);
  void read_dirty_below(std::uint64_t* entries, unsigned level, std::uint64_t first, std::uint64_t last, bool keep,
                        Gather& gather, const Found& found);
  std::uint64_t remove_pages(std::uint64_t* at, std::uint64_t first, std::uint64_t wanted);
  bool remove(std::uint64_t* entries, unsigned level, std::uint64_t first, std::uint64_t last, Removal& removal);

  const Format format_;
  TableMemory& memory_;
  const FlushTables flush_;
  const std::uint64_t root_;
  const std::uintptr_t direct_map_;  // where a table is for the CPU, less its physical address, modulo 2^64
  const std::uint64_t inputs_;       // one more than the highest address, on either side
  const std::uint64_t outputs_;
  const unsigned start_;
  std::size_t tables_ = 0;
  std::array<Level, Format::kLast + 1> levels_;
  std::array<std::uint8_t, 64> level_of_shift_;  // or kNoLevel
};

}  // namespace hw_reference::pgtable
