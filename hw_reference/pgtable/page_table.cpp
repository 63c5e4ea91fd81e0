// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/page_table.hpp"

#include <utility>

#include "hw_reference/pgtable/entry.hpp"

namespace hw_reference::pgtable {

std::unique_ptr<PageTable> PageTable::make(const Format& format, TableMemory& memory, FlushTables flush) {
  const auto root = memory.allocate(format.root_shift());
  if (!root) return nullptr;
  try {
    return std::unique_ptr<PageTable>(new PageTable(format, memory, std::move(flush), *root));
  } catch (...) {
    memory.release(*root, format.root_shift());
    throw;
  }
}

PageTable::PageTable(const Format& format, TableMemory& memory, FlushTables flush, std::uint64_t root)
    : format_(format),
      memory_(memory),
      flush_(std::move(flush)),
      root_(root),
      direct_map_(reinterpret_cast<std::uintptr_t>(memory.words(root)) - root),
      inputs_(std::uint64_t{1} << format.shape().input_bits),
      outputs_(std::uint64_t{1} << format.shape().output_bits),
      start_(format.start_level()) {
  level_of_shift_.fill(kNoLevel);
  for (unsigned level = start_; level <= Format::kLast; ++level) {
    Level& fast = levels_[level];
    fast.shift = format.shift(level);
    fast.mask = format.entries(level) - 1;
    for (Prot prot = 0; prot <= kAllProt; ++prot) fast.leaf_bits[prot] = format.leaf_bits(level, prot);
    fast.contiguous = format.contiguous_shift(level);
    for (const unsigned shift : {fast.shift, fast.shift + fast.contiguous})
      if ((format.page_sizes() >> shift & 1) != 0) level_of_shift_[shift] = static_cast<std::uint8_t>(level);
  }
}

// The IOMMU no longer uses the tree.
PageTable::~PageTable() {
  free_below(root_, start_);
  memory_.release(root_, format_.root_shift());
}

// Zeroes a table and frees all below it.
void PageTable::free_below(std::uint64_t table, unsigned level) {
  std::uint64_t* const entries = words(table);
  for (std::uint64_t i = 0; i < format_.entries(level); ++i) {
    const std::uint64_t entry = load(entries + i);
    if (entry == 0) continue;
    store(entries + i, 0);
    if (!Format::is_table(level, entry)) continue;
    free_below(format_.address(entry), level + 1);
    memory_.release(format_.address(entry), format_.shape().granule_shift);
    --tables_;
  }
}

bool PageTable::is_empty(std::uint64_t table, unsigned level) const {
  const std::uint64_t* const entries = words(table);
  for (std::uint64_t i = 0; i < format_.entries(level); ++i) {
    const std::uint64_t entry = load(entries + i);
    if (Format::is_valid(entry) && !(Format::is_table(level, entry) && is_empty(format_.address(entry), level + 1)))
      return false;
  }
  return true;
}

std::optional<Translation> PageTable::lookup(std::uint64_t iova) const {
  if (iova >= inputs_) return std::nullopt;
  std::uint64_t* entries = words(root_);
  for (unsigned level = start_;; ++level) {
    const std::uint64_t entry = __atomic_load_n(entry_of(entries, level, iova), __ATOMIC_ACQUIRE);
    if (!Format::is_valid(entry)) return std::nullopt;
    if (!Format::is_table(level, entry)) {
      const unsigned more = (entry & Format::kContiguous) != 0 ? levels_[level].contiguous : 0;
      const std::uint64_t entry_size = std::uint64_t{1} << levels_[level].shift;
      const std::uint64_t size = entry_size << more;
      return Translation{format_.address(entry) + (iova & (entry_size - 1)), size, format_.prot(entry)};
    }
    entries = words(format_.address(entry));
  }
}

}  // namespace hw_reference::pgtable
