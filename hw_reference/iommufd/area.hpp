// SPDX-License-Identifier: Apache-2.0
// One mapped range of an IO address space.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "hw_reference/iommufd/pages.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// What a mapping lets a device do: a mask.
using Rights = std::uint32_t;
inline constexpr Rights kRead = 1;
inline constexpr Rights kWrite = 2;

// Protected by the lock of its IOAS. `first`, `offset`, `pages` and `rights` never change; `last`
// becomes less when the area is divided.
struct Area {
  std::uint64_t first;  // IOVA, closed
  std::uint64_t last;
  std::uint64_t offset;  // bytes from the start of page 0 of `pages`
  PagesRef pages;
  std::uint32_t accesses = 0;  // how many access pins cover a part of it
  std::uint16_t locks = 0;     // how many of them are of hardware queues: it cannot be unmapped
  std::uint8_t rights;
  bool prevent_access : 1 = false;  // an unmap is waiting for its accesses: no new pins
  bool small_entries : 1 = false;   // IO page tables map it in entries of a CPU page

  std::uint64_t first_page() const { return offset >> kPageShift; }
  std::uint64_t last_page() const { return (offset + (last - first)) >> kPageShift; }

  // log2 of the greatest power of two up to a page that its address, its length and its offset are multiples of.
  unsigned alignment_shift() const {
    const std::uint64_t bits = first | (last - first + 1) | offset | kPageSize;
    return static_cast<unsigned>(std::countr_zero(bits));
  }
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
