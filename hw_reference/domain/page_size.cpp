// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/page_size.hpp"

#include <bit>
#include <cassert>

namespace hw::domain {

PageRun choose_pages(std::uint64_t sizes, std::uint64_t iova, std::uint64_t address, std::uint64_t size) {
  // Not greater than the range, and a divisor of both addresses.
  std::uint64_t fitting = sizes & ((std::bit_floor(size) << 1) - 1);
  const std::uint64_t both = iova | address;
  if (both != 0) fitting &= (both & -both) | ((both & -both) - 1);
  assert(fitting != 0);
  const std::uint64_t page = std::bit_floor(fitting);
  const std::uint64_t greater = sizes & ~(page | (page - 1));
  if (greater != 0) {
    // Where the next greater page could begin; if the addresses disagree below it, it never will.
    const std::uint64_t next = greater & -greater;
    if (((iova ^ address) & (next - 1)) == 0) {
      const std::uint64_t offset = next - (address & (next - 1));
      if (offset <= size && size - offset >= next) return {page, offset / page};
    }
  }
  return {page, size / page};
}

}  // namespace hw::domain
