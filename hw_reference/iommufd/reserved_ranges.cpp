// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/reserved_ranges.hpp"

#include <algorithm>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

void ReservedRanges::add(std::uint64_t first, std::uint64_t last, Owner owner) {
  if (owner != nullptr) {
    owned_.push_back({first, last, owner});
    return;
  }
  // One entry takes in all that it overlaps. The entry before `first` may reach into the new range.
  auto entry = permanent_.lower_bound(first);
  if (entry != permanent_.begin() && std::prev(entry)->second >= first) {
    --entry;
    entry->second = std::max(entry->second, last);
  } else {
    entry = permanent_.try_emplace(entry, first, last);
    entry->second = std::max(entry->second, last);
  }
  for (auto next = std::next(entry); next != permanent_.end() && next->first <= entry->second;) {
    entry->second = std::max(entry->second, next->second);
    next = permanent_.erase(next);
  }
}

void ReservedRanges::remove(Owner owner) {
  std::erase_if(owned_, [owner](const Range& range) { return range.owner == owner; });
}

bool ReservedRanges::overlaps(std::uint64_t first, std::uint64_t last) const {
  for (const Range& range : owned_)
    if (range.first <= last && range.last >= first) return true;
  const auto after = permanent_.upper_bound(last);
  return after != permanent_.begin() && std::prev(after)->second >= first;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
