// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/allowed_ranges.hpp"

#include <cerrno>
#include <utility>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<AllowedRanges> AllowedRanges::of(std::span<const IovaRange> ranges) {
  AllowedRanges allowed;
  for (const IovaRange& range : ranges) {
    if (range.first >= range.last || allowed.overlaps(range.first, range.last)) return {EINVAL, {}};
    allowed.ranges_.emplace(range.first, range.last);
  }
  return {0, std::move(allowed)};
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
