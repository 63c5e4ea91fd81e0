// SPDX-License-Identifier: Apache-2.0
// The structures of /dev/iommu for page tables, devices, virtual IOMMUs and their queues. What is read from and written
// to the files of queues is in iommufd/fault_queue.hpp and vevent_queue.hpp. See abi.hpp.
#pragma once

#include <cstdint>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

struct HwptAllocCommand {
  std::uint32_t size, flags, dev_id, pt_id, out_hwpt_id, reserved, data_type, data_len;
  std::uint64_t data_uptr;
  std::uint32_t fault_id;
  std::uint32_t reserved2;  // not looked at
};

struct GetHwInfoCommand {
  std::uint32_t size, flags, dev_id;
  std::uint32_t data_len;  // in: room; out: bytes that there are
  std::uint64_t data_uptr;
  std::uint32_t data_type;
  std::uint8_t out_max_pasid_log2;
  std::uint8_t reserved[3];
  std::uint64_t out_capabilities;
};

struct HwptSetDirtyTrackingCommand {
  std::uint32_t size, flags, hwpt_id;
  std::uint32_t reserved;  // not looked at
};

struct HwptGetDirtyBitmapCommand {
  std::uint32_t size, hwpt_id, flags, reserved;
  std::uint64_t iova, length, page_size;
  std::uint64_t data;  // the bitmap
};

struct HwptInvalidateCommand {
  std::uint32_t size, hwpt_id;
  std::uint64_t data_uptr;
  std::uint32_t data_type, entry_len;
  std::uint32_t entry_num;  // out: entries handled
  std::uint32_t reserved;
};

struct FaultQueueAllocCommand {
  std::uint32_t size, flags, out_fault_id, out_fault_fd;
};

struct ViommuAllocCommand {
  std::uint32_t size, flags, type, dev_id, hwpt_id, out_viommu_id, data_len;
  std::uint32_t reserved;  // not looked at
  std::uint64_t data_uptr;
};

struct VdeviceAllocCommand {
  std::uint32_t size, viommu_id, dev_id, out_vdevice_id;
  std::uint64_t virt_id;
};

struct VeventqAllocCommand {
  std::uint32_t size, flags, viommu_id, type, veventq_depth, out_veventq_id, out_veventq_fd, reserved;
};

struct HwQueueAllocCommand {
  std::uint32_t size, flags, viommu_id, type, index, out_hw_queue_id;
  std::uint64_t nesting_parent_iova, length;
};

static_assert(sizeof(HwptAllocCommand) == 48 && sizeof(GetHwInfoCommand) == 40);
static_assert(sizeof(HwptSetDirtyTrackingCommand) == 16 && sizeof(HwptGetDirtyBitmapCommand) == 48);
static_assert(sizeof(HwptInvalidateCommand) == 32 && sizeof(FaultQueueAllocCommand) == 16);
static_assert(sizeof(ViommuAllocCommand) == 40 && sizeof(VdeviceAllocCommand) == 24);
static_assert(sizeof(VeventqAllocCommand) == 32 && sizeof(HwQueueAllocCommand) == 40);

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
