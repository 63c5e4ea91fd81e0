// SPDX-License-Identifier: Apache-2.0
// Lack of memory becomes an errno at the API; below, it is std::bad_alloc.
#pragma once

#include <cerrno>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

template <class Call>
auto answer(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    if constexpr (std::is_same_v<decltype(call()), int>)
      return ENOMEM;
    else
      return {ENOMEM, {}};
  }
}

// Whether first + length - 1 is beyond 2^64 - 1; length > 0.
constexpr bool wraps(std::uint64_t first, std::uint64_t length) {
  return length - 1 > std::numeric_limits<std::uint64_t>::max() - first;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
