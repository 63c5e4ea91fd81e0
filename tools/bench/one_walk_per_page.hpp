// SPDX-License-Identifier: Apache-2.0
// The baseline of the page-table benchmark: portable C++ that walks from the root for every page, as a first version
// would. Four levels of 512 entries; pages of 4 KiB, or blocks of 2 MiB at the level above.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>

namespace iolaw::bench {

template <unsigned kShift>
class OneWalkPerPage {
  static_assert(kShift == 12 || kShift == 21);

 public:
  int map_pages(std::uint64_t iova, std::uint64_t address, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      std::uint64_t& entry = entry_for(iova + i * kPage);
      if (entry != 0) {
        unmap(iova, i * kPage);
        return EEXIST;
      }
      entry = (address + i * kPage) | kLeaf;
    }
    return 0;
  }

  std::uint64_t unmap(std::uint64_t iova, std::uint64_t length) {
    std::uint64_t done = 0;
    for (; done < length; done += kPage) {
      std::uint64_t& entry = entry_for(iova + done);
      if (entry == 0) break;
      entry = 0;
    }
    return done;
  }

 private:
  static constexpr std::uint64_t kPage = std::uint64_t{1} << kShift;
  static constexpr std::uint64_t kLeaf = 0xf43;
  struct Table {
    std::array<std::uint64_t, 512> entries{};
  };

  // Tables are named by their number, from 1; table 0 is the root.
  std::uint64_t& entry_for(std::uint64_t iova) {
    std::uint64_t table = 0;
    for (unsigned shift = 39; shift > kShift; shift -= 9) {
      std::uint64_t& entry = tables_[table].entries[iova >> shift & 511];
      if (entry == 0) {
        tables_.emplace_back();
        entry = tables_.size() - 1;
      }
      table = entry;
    }
    return tables_[table].entries[iova >> kShift & 511];
  }

  std::deque<Table> tables_{1};
};

}  // namespace iolaw::bench
