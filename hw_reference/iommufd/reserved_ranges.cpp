// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/reserved_ranges.hpp"

#include <algorithm>
#include "hw_reference/iommufd/numbers.hpp"

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

std::optional<IovaRange> ReservedRanges::hole(std::uint64_t from) const {
  // Leaves what is reserved at `from`, upwards.
  std::uint64_t at = from;
  for (bool moved = true; moved;) {
    moved = false;
    std::uint64_t last = 0;
    for (const Range& range : owned_)
      if (range.first <= at && range.last >= at) last = std::max(last, range.last), moved = true;
    const auto after = permanent_.upper_bound(at);
    if (after != permanent_.begin() && std::prev(after)->second >= at)
      last = std::max(last, std::prev(after)->second), moved = true;
    if (!moved) break;
    if (last == kMaxWord) return std::nullopt;
    at = last + 1;
  }
  IovaRange hole{0, kMaxWord};
  for (const Range& range : owned_) {
    if (range.last < at) hole.first = std::max(hole.first, range.last + 1);
    if (range.first > at) hole.last = std::min(hole.last, range.first - 1);
  }
  const auto after = permanent_.upper_bound(at);
  if (after != permanent_.end()) hole.last = std::min(hole.last, after->first - 1);
  if (after != permanent_.begin()) hole.first = std::max(hole.first, std::prev(after)->second + 1);
  return hole;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
