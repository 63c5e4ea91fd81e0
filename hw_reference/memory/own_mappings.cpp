// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/own_mappings.hpp"

#include <sys/sysmacros.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

std::optional<MappedPage> file_page_at(std::uint64_t address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t first = 0, end = 0, offset = 0, number = 0;
    unsigned high = 0, low = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64, &first, &end, rights,
                    &offset, &high, &low, &number) != 7)
      continue;
    if (address < first || address >= end) continue;
    if (rights[3] != 's' || number == 0) return std::nullopt;
    return MappedPage{{makedev(high, low), number}, (offset + (address - first)) >> kPageShift};
  }
  return std::nullopt;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
