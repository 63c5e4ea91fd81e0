// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "hw_reference/pgtable/entry.hpp"
#include "hw_reference/pgtable/page_table.hpp"

namespace hw_reference::pgtable {

struct PageTable::Removal {
  Gather& gather;
  std::uint64_t bytes = 0;
};

// Removes up to `wanted` pages of one table from `first` on, and returns how many. A leaf of several pages goes as a
// whole, or not at all.
std::uint64_t PageTable::remove_pages(std::uint64_t* at, std::uint64_t first, std::uint64_t wanted) {
  const Level& pages = levels_[Format::kLast];
  const std::uint64_t group = std::uint64_t{1} << pages.contiguous;
  std::uint64_t done = 0;
  while (done < wanted) {
    const std::uint64_t entry = load(at + done);
    if ((entry & (Format::kValid | Format::kContiguous)) == Format::kValid) {
      store(at + done++, 0);
      continue;
    }
    if (!Format::is_valid(entry) || ((first >> pages.shift) + done) % group != 0 || wanted - done < group) break;
    for (std::uint64_t i = 0; i < group; ++i) store(at + done + i, 0);
    done += group;
  }
  return done;
}

// Removes the leaves of first..last, all below one table. False if it had to stop.
bool PageTable::remove(std::uint64_t* entries, unsigned level, std::uint64_t first, std::uint64_t last,
                       Removal& removal) {
  const unsigned shift = levels_[level].shift;
  const std::uint64_t size = std::uint64_t{1} << shift;
  std::uint64_t* at = entry_of(entries, level, first);
  if (level == Format::kLast) {
    // Pages are most of the work: the first is whole if its first byte is inside, and so on.
    if ((first & (size - 1)) != 0) return false;
    const std::uint64_t done = remove_pages(at, first, (last - first + 1) >> shift);
    removal.bytes += done << shift;
    if (done > 0) removal.gather.leaf_sizes |= size;
    return done << shift == last - first + 1;
  }
  while (true) {
    const std::uint64_t entry = load(at);
    const std::uint64_t entry_first = first & ~(size - 1);
    const std::uint64_t entry_last = entry_first + (size - 1);
    const bool whole = first == entry_first && entry_last <= last;
    if (!Format::is_valid(entry)) return false;
    if (Format::is_table(level, entry)) {
      const std::uint64_t table = format_.address(entry);
      if (!remove(words(table), level + 1, first, std::min(last, entry_last), removal)) return false;
      if (whole) {
        store(at, 0);
        removal.gather.add_table(memory_, table);
        --tables_;
      }
    } else {
      if (!whole) return false;
      const bool hinted = (entry & Format::kContiguous) != 0;
      const std::uint64_t group = hinted ? std::uint64_t{1} << levels_[level].contiguous : 1;
      const std::uint64_t wanted = (last - first + 1) >> shift;
      if (wanted < group || (first & ((group << shift) - 1)) != 0) return false;
      std::uint64_t done = 0;
      while (done < group) store(at + done++, 0);
      // More of them, which is what is found most of the time.
      while (!hinted && done < wanted && Format::is_block(load(at + done))) store(at + done++, 0);
      removal.bytes += done << shift;
      removal.gather.leaf_sizes |= size;
      if (done << shift == last - first + 1) return true;
      first += done << shift;
      at += done;
      continue;
    }
    if (entry_last >= last) return true;
    first = entry_last + 1;
    ++at;
  }
}

std::uint64_t PageTable::unmap(std::uint64_t iova, std::uint64_t length, Gather& gather) {
  if (length == 0 || iova >= inputs_) return 0;
  const std::uint64_t last = iova + std::min(length, inputs_ - iova) - 1;
  Removal removal{gather};
  remove(words(root_), start_, iova, last, removal);
  if (removal.bytes > 0) gather.add(iova, iova + (removal.bytes - 1));
  return removal.bytes;
}

}  // namespace hw_reference::pgtable
