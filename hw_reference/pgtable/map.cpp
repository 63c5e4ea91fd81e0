// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cerrno>

#include "hw_reference/pgtable/entry.hpp"
#include "hw_reference/pgtable/page_table.hpp"

namespace hw_reference::pgtable {

// Puts a table where there is none, and returns its entries. Null with EEXIST where there is a block, or ENOMEM.
std::uint64_t* PageTable::put_table(std::uint64_t* at, int& error) {
  if (Format::is_valid(load(at))) {
    error = EEXIST;
    return nullptr;
  }
  const auto table = memory_.allocate(format_.shape().granule_shift);
  if (!table) {
    error = ENOMEM;
    return nullptr;
  }
  publish(at, format_.table(*table));
  ++tables_;
  return words(*table);
}

// The table of `level` that owns the entry for `iova`, with tables put in where there are none. Null with EEXIST below
// a block, or ENOMEM.
std::uint64_t* PageTable::table_for(std::uint64_t iova, unsigned level, int& error) {
  std::uint64_t* entries = words(root_);
  for (unsigned above = start_; above < level && entries != nullptr; ++above) {
    std::uint64_t* const at = entry_of(entries, above, iova);
    const std::uint64_t entry = load(at);
    entries = Format::is_table(above, entry) ? words(format_.address(entry)) : put_table(at, error);
  }
  return entries;
}

// Makes sure that `count` entries of one table are free. Tables without a leaf give way: break, flush, free.
int PageTable::clear_way(std::uint64_t* entries, std::uint64_t iova, std::uint64_t count, unsigned level) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t entry = load(entries + i);
    if (entry == 0) continue;
    if (!Format::is_table(level, entry) || !is_empty(format_.address(entry), level + 1)) return EEXIST;
    store(entries + i, 0);
    const std::uint64_t size = std::uint64_t{1} << format_.shift(level);
    flush_(iova + i * size, iova + i * size + (size - 1));
    free_below(format_.address(entry), level + 1);
    memory_.release(format_.address(entry), format_.shape().granule_shift);
    --tables_;
  }
  return 0;
}

int PageTable::map_pages(std::uint64_t iova, std::uint64_t address, std::uint64_t page_size, std::uint64_t count,
                         Prot prot) {
  const unsigned level =
      std::has_single_bit(page_size) ? level_of_shift_[static_cast<unsigned>(std::countr_zero(page_size))] : kNoLevel;
  if (level == kNoLevel || count == 0 || (prot & (kRead | kWrite)) == 0 || ((iova | address) & (page_size - 1)) != 0)
    return EINVAL;
  const unsigned shift = levels_[level].shift;
  std::uint64_t hint = 0;
  if (page_size != std::uint64_t{1} << shift) {
    // As many entries as the hint makes one leaf.
    if (count > inputs_ >> shift) return ERANGE;
    count <<= levels_[level].contiguous;
    page_size = std::uint64_t{1} << shift;
    hint = Format::kContiguous;
  }
  if (iova >= inputs_ || address >= outputs_ || count > (inputs_ - iova) >> shift ||
      count > (outputs_ - address) >> shift)
    return ERANGE;

  int error = 0;
  const std::uint64_t entries = levels_[level].mask + 1;
  const std::uint64_t start = iova >> shift & levels_[level].mask;
  const std::uint64_t bits = levels_[level].leaf_bits[prot & kAllProt] | hint;
  const auto write = [&](std::uint64_t* at, std::uint64_t target, std::uint64_t n) {
    if (format_.wide()) {
      for (std::uint64_t i = 0; i < n; ++i) store(at + i, format_.address_bits(target + (i << shift)) | bits);
    } else {
      std::uint64_t value = target | bits;
      for (std::uint64_t i = 0; i < n; ++i, value += page_size) store(at + i, value);
    }
  };
  if (count <= entries - start) {
    std::uint64_t* const table = table_for(iova, level, error);
    if (table == nullptr) return error;
    if ((error = clear_way(table + start, iova, count, level)) != 0) return error;
    write(table + start, address, count);
  } else {
    // All tables are put in and looked at before the first entry is written.
    for (std::uint64_t done = 0, n = entries - start; done < count; done += n, n = std::min(entries, count - done)) {
      const std::uint64_t at = iova + (done << shift);
      std::uint64_t* const table = table_for(at, level, error);
      if (table == nullptr) return error;
      if ((error = clear_way(entry_of(table, level, at), at, n, level)) != 0) return error;
    }
    for (std::uint64_t done = 0, n = entries - start; done < count; done += n, n = std::min(entries, count - done)) {
      const std::uint64_t at = iova + (done << shift);
      write(entry_of(table_for(at, level, error), level, at), address + (done << shift), n);
    }
  }
  // A device that is started from here on sees the entries.
  __atomic_thread_fence(__ATOMIC_RELEASE);
  return 0;
}

int PageTable::map_each(std::uint64_t iova, std::span<const std::uint64_t> addresses, Prot prot) {
  const Level& pages = levels_[Format::kLast];
  const std::uint64_t size = std::uint64_t{1} << pages.shift;
  const std::uint64_t count = addresses.size();
  std::uint64_t all = iova;
  std::uint64_t highest = 0;
  for (const std::uint64_t address : addresses) {
    all |= address;
    highest = std::max(highest, address);
  }
  if (count == 0 || (prot & (kRead | kWrite)) == 0 || (all & (size - 1)) != 0) return EINVAL;
  if (iova >= inputs_ || count > (inputs_ - iova) >> pages.shift || highest >= outputs_) return ERANGE;

  int error = 0;
  const std::uint64_t bits = pages.leaf_bits[prot & kAllProt];
  const std::uint64_t in_first = pages.mask + 1 - (iova >> pages.shift & pages.mask);
  // All tables are put in and looked at before the first entry is written.
  for (const bool write : {false, true}) {
    for (std::uint64_t done = 0, n = std::min(in_first, count); done < count;
         done += n, n = std::min(pages.mask + 1, count - done)) {
      const std::uint64_t at = iova + (done << pages.shift);
      std::uint64_t* const table = table_for(at, Format::kLast, error);
      if (table == nullptr) return error;
      std::uint64_t* const entry = entry_of(table, Format::kLast, at);
      for (std::uint64_t i = 0; i < n; ++i) {
        if (write)
          store(entry + i, format_.address_bits(addresses[done + i]) | bits);
        else if (load(entry + i) != 0)
          return EEXIST;
      }
    }
  }
  __atomic_thread_fence(__ATOMIC_RELEASE);
  return 0;
}

}  // namespace hw_reference::pgtable
