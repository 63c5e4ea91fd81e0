// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/allowed_ranges.hpp"

#include <cerrno>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

int AllowedRanges::add(const IovaRange& range) {
  if (range.first >= range.last || overlaps(range.first, range.last)) return EINVAL;
  ranges_.emplace(range.first, range.last);
  return 0;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
