// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/driver_data.hpp"

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {

DriverBytes driver_bytes(std::uint64_t data, std::uint32_t known, const void* bytes, std::uint32_t length) {
  enum : std::uint64_t { none, good, type_alone, bytes_alone, foreign, too_short, unreadable };
  constexpr std::uint32_t kTooShort = 2;
  const std::uint64_t where = address(bytes);
  switch (data) {
    case good:
      return {known, length, where};
    case type_alone:
      return {known, 0, where};
    case bytes_alone:
      return {0, length, where};
    case foreign:
      return {kForeignType, length, where};
    case too_short:
      return {known, kTooShort, where};
    case unreadable:
      return {known, length, kNowhere};
    default:
      return {};
  }
}

std::uint32_t driver_type(std::uint64_t type, std::uint32_t known) {
  return type == 0 ? 0 : type == 1 ? known : kForeignType;
}

}  // namespace iolaw::dev_iommu
