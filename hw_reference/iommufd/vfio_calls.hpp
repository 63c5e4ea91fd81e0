// SPDX-License-Identifier: Apache-2.0
// What the calls of VFIO's type 1 container take. Errors stand in iommufd.hpp.
#pragma once

#include <cstdint>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The IOMMUs that a container can be, and what else it can be asked for; the numbers of VFIO's header.
inline constexpr std::uint64_t kVfioType1 = 1;
inline constexpr std::uint64_t kVfioType1v2 = 3;
inline constexpr std::uint64_t kVfioCoherentDma = 4;
inline constexpr std::uint64_t kVfioUnmapAll = 9;

struct VfioUnmap {
  std::uint64_t iova = 0;
  std::uint64_t length = 0;  // bytes
  bool everything = false;   // then iova and length are 0
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
