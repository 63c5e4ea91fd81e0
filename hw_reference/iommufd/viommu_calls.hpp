// SPDX-License-Identifier: Apache-2.0
// What the calls that make virtual IOMMUs and their parts take and answer. Errors stand in iommufd.hpp.
#pragma once

#include <cstdint>

#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/iommufd/respond.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct Context;

struct ViommuAlloc {
  ObjectId dev_id = 0;
  ObjectId hwpt_id = 0;
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  UserData data{};  // its type is not looked at
};

struct ViommuAnswer {
  ObjectId id = 0;
  std::uint32_t out_data = 0;     // the rest: if there was data
  std::uint64_t mmap_offset = 0;  // bytes
  std::uint64_t mmap_length = 0;  // bytes
};

struct VdeviceAlloc {
  ObjectId viommu_id = 0;
  ObjectId dev_id = 0;
  std::uint64_t virt_id = 0;
};

struct VeventqAlloc {
  ObjectId viommu_id = 0;
  std::uint32_t type = 0;
  std::uint32_t depth = 0;  // events
  std::uint32_t flags = 0;
};

struct HwQueueAlloc {
  ObjectId viommu_id = 0;
  std::uint32_t type = 0;
  std::uint32_t index = 0;
  std::uint64_t iova = 0;    // in the IOAS of the nesting parent
  std::uint64_t length = 0;  // bytes
  std::uint32_t flags = 0;
};

Result<ViommuAnswer> allocate_viommu(Context& context, const ViommuAlloc& request,
                                     const Respond<ViommuAnswer>& respond);
Result<ObjectId> allocate_vdevice(Context& context, const VdeviceAlloc& request, const Respond<ObjectId>& respond);
Result<ObjectId> allocate_veventq(Context& context, const VeventqAlloc& request, const Respond<ObjectId>& respond);
Result<ObjectId> allocate_hw_queue(Context& context, const HwQueueAlloc& request, const Respond<ObjectId>& respond);

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
