// SPDX-License-Identifier: Apache-2.0
// What the calls on IO address spaces take and answer. Errors stand in iommufd.hpp.
#pragma once

#include <cstdint>
#include <memory>

#include "hw_reference/iommufd/allowed_ranges.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Flags of ioas_map, ioas_map_file and ioas_copy.
inline constexpr std::uint32_t kMapFixedIova = 1;  // else an address is chosen
inline constexpr std::uint32_t kMapWriteable = 2;
inline constexpr std::uint32_t kMapReadable = 4;

struct IoasMap {
  ObjectId ioas = 0;
  std::uint32_t flags = 0;
  std::uint64_t user_va = 0;
  std::uint64_t length = 0;  // bytes
  std::uint64_t iova = 0;
};

struct IoasMapFile {
  ObjectId ioas = 0;
  std::uint32_t flags = 0;
  std::shared_ptr<PinSource> file{};  // null: not open
  std::uint64_t start = 0;            // in the file, bytes
  std::uint64_t length = 0;           // bytes
  std::uint64_t iova = 0;
};

struct IoasCopy {
  ObjectId dst_ioas = 0;
  ObjectId src_ioas = 0;
  std::uint32_t flags = 0;
  std::uint64_t length = 0;  // bytes
  std::uint64_t dst_iova = 0;
  std::uint64_t src_iova = 0;
};

inline constexpr std::uint32_t kOptionRlimitMode = 0;
inline constexpr std::uint32_t kOptionHugePages = 1;

struct Option {
  enum class Operation : std::uint16_t { set, get };

  std::uint32_t option_id = 0;
  std::uint16_t operation = 0;  // Operation, as a user passes it
  ObjectId object_id = 0;
  std::uint64_t value = 0;  // to set
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
