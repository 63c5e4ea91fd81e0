// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tools/ports/dev_iommu/uapi_test.hpp"

namespace iolaw::dev_iommu {

// The law's DriverData as the three fields that hand data to a driver.
struct DriverBytes {
  std::uint32_t type = 0;
  std::uint32_t length = 0;
  std::uint64_t address = 0;
};

// `bytes` are those that the driver takes, at least eight of them, and stay where they are; `known` is their type.
DriverBytes driver_bytes(std::uint64_t data, std::uint32_t known, const void* bytes, std::uint32_t length);

// The law's DriverType: the reserved type, the given one, or one that the test driver does not know.
std::uint32_t driver_type(std::uint64_t type, std::uint32_t known);

inline constexpr std::uint32_t kForeignType = 0x1234;

}  // namespace iolaw::dev_iommu
