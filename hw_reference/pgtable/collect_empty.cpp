// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/entry.hpp"
#include "hw_reference/pgtable/page_table.hpp"

namespace hw_reference::pgtable {

// Takes out the empty tables below one table, whose range begins at `first`; true if that leaves it empty itself.
bool PageTable::collect_below(std::uint64_t* entries, unsigned level, std::uint64_t first, Gather& gather) {
  const std::uint64_t size = std::uint64_t{1} << levels_[level].shift;
  bool empty = true;
  for (std::uint64_t i = 0; i < format_.entries(level); ++i) {
    const std::uint64_t entry = load(entries + i);
    if (!Format::is_valid(entry)) continue;
    const std::uint64_t at = first + i * size;
    if (!Format::is_table(level, entry) || !collect_below(words(format_.address(entry)), level + 1, at, gather)) {
      empty = false;
      continue;
    }
    store(entries + i, 0);
    gather.add(at, at + (size - 1));
    gather.add_table(memory_, format_.address(entry));
    --tables_;
  }
  return empty;
}

void PageTable::collect_empty(Gather& gather) { collect_below(words(root_), start_, 0, gather); }

}  // namespace hw_reference::pgtable
