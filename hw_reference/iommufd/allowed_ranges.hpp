// SPDX-License-Identifier: Apache-2.0
// Ranges of IOVA as the calls take and return them, and those that a user wants automatic addresses to come from.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "hw_reference/defects.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct IovaRange {
  std::uint64_t first;
  std::uint64_t last;  // closed

  friend bool operator==(const IovaRange&, const IovaRange&) = default;
};

// Disjoint closed ranges; adjacent ones stay apart. Not synchronized: the lock of the IOAS protects it.
class AllowedRanges {
 public:
  // EINVAL: a range of one byte or less, or it overlaps an earlier one. Throws std::bad_alloc.
  int add(const IovaRange& range);

  bool empty() const { return ranges_.empty(); }
  bool overlaps(std::uint64_t first, std::uint64_t last) const {
    const auto after = ranges_.upper_bound(last);
    return after != ranges_.begin() && std::prev(after)->second >= first;
  }

  // Calls visitor(first, last) for the greatest ranges that are allowed throughout, ascending, until it returns true.
  // Whether it did.
  template <class Visitor>
  bool visit(Visitor visitor) const {
    for (auto range = ranges_.begin(); range != ranges_.end();) {
      const std::uint64_t first = range->first;
      std::uint64_t last = range->second;
      const bool joins = !has_defect(Defect::search_in_single_ranges);
      for (++range; joins && range != ranges_.end() && range->first == last + 1; ++range) last = range->second;
      if (visitor(first, last)) return true;
    }
    return false;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // first -> last
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
