// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The last address, and the longest length that a call can name.
inline constexpr std::uint64_t kMaxWord = ~std::uint64_t{0};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
