// SPDX-License-Identifier: Apache-2.0
// What an unmap leaves to be invalidated: the range, the kinds of entries, and the tables to free afterwards.
#pragma once

#include <algorithm>
#include <cstdint>

#include "hw_reference/pgtable/table_memory.hpp"

namespace hw_reference::pgtable {

// Not synchronized. Removed tables stay allocated until `released`, which the owner calls after the invalidation of
// first..last has completed; an IOMMU that still walks them finds no valid entry.
struct Gather {
  std::uint64_t first = ~std::uint64_t{0};  // closed; first > last: nothing
  std::uint64_t last = 0;
  std::uint64_t leaf_sizes = 0;  // mask of the sizes of the leaves removed
  bool tables = false;           // tables were removed: the invalidation must not be for leaves alone

  bool empty() const { return first > last; }
  void add(std::uint64_t from, std::uint64_t to) {
    first = std::min(first, from);
    last = std::max(last, to);
  }

  // `table` is out of the tree, and all of its words are zero. Linked by its first word, which is no valid descriptor.
  void add_table(TableMemory& memory, std::uint64_t table) {
    tables = true;
    __atomic_store_n(memory.words(table), free_tables, __ATOMIC_RELAXED);
    free_tables = table;
  }

  // The invalidation is complete. `shift` is that of the tables.
  void released(TableMemory& memory, unsigned shift) {
    while (free_tables != 0) {
      const std::uint64_t table = free_tables;
      free_tables = __atomic_exchange_n(memory.words(table), 0, __ATOMIC_RELAXED);
      memory.release(table, shift);
    }
    *this = Gather{};
  }

  std::uint64_t free_tables = 0;
};

}  // namespace hw_reference::pgtable
