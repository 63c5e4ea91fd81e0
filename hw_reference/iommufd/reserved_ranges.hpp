// SPDX-License-Identifier: Apache-2.0
// The ranges of an IO address space that no mapping may use.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "hw_reference/iommufd/allowed_ranges.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Not synchronized: the lock of the IOAS protects it. Ranges are closed and may overlap each other.
class ReservedRanges {
 public:
  using Owner = const void*;  // null: reserved for good

  // Throws std::bad_alloc, and then nothing has changed.
  void add(std::uint64_t first, std::uint64_t last, Owner owner);
  // Takes back all that the owner reserved. Never allocates.
  void remove(Owner owner);
  bool overlaps(std::uint64_t first, std::uint64_t last) const;

  // The greatest range without a reserved address whose last address is at least `from`; it may begin before. None if
  // all from there on is reserved.
  std::optional<IovaRange> hole(std::uint64_t from) const;

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
    Owner owner;
  };

  // Ranges of owners are few (devices and their IO page tables); what is reserved for good may be any number.
  std::vector<Range> owned_;
  std::map<std::uint64_t, std::uint64_t> permanent_;  // first -> last; disjoint
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
