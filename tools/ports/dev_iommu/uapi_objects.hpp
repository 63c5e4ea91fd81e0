// SPDX-License-Identifier: Apache-2.0
// The ioctls of page tables, faults, vIOMMUs and what belongs to them.
//
// Source: linux include/uapi/linux/iommufd.h; see uapi.hpp.
#pragma once

#include <cstdint>

namespace iolaw::dev_iommu {

struct HwptAlloc {
  std::uint32_t size = sizeof(HwptAlloc);
  std::uint32_t flags = 0;  // the law's HwptFlags
  std::uint32_t dev_id = 0;
  std::uint32_t pt_id = 0;  // IOAS, nesting parent or vIOMMU
  std::uint32_t out_hwpt_id = 0;
  std::uint32_t reserved = 0;
  std::uint32_t data_type = 0;
  std::uint32_t data_len = 0;
  std::uint64_t data_uptr = 0;
  std::uint32_t fault_id = 0;
  std::uint32_t reserved2 = 0;
};

inline constexpr std::uint32_t kInfoInputType = 1;    // flag of GetHwInfo
inline constexpr std::uint64_t kInfoTracksDirty = 1;  // capability

struct GetHwInfo {
  std::uint32_t size = sizeof(GetHwInfo);
  std::uint32_t flags = 0;
  std::uint32_t dev_id = 0;
  std::uint32_t data_len = 0;
  std::uint64_t data_uptr = 0;
  std::uint32_t data_type = 0;  // in, with kInfoInputType; out
  std::uint8_t out_max_pasid_log2 = 0;
  std::uint8_t reserved[3] = {};
  std::uint64_t out_capabilities = 0;
};

inline constexpr std::uint32_t kDirtyEnable = 1;   // flag of HwptSetDirtyTracking
inline constexpr std::uint32_t kDirtyNoClear = 1;  // flag of HwptGetDirtyBitmap

struct HwptSetDirtyTracking {
  std::uint32_t size = sizeof(HwptSetDirtyTracking);
  std::uint32_t flags = 0;
  std::uint32_t hwpt_id = 0;
  std::uint32_t reserved = 0;
};

struct HwptGetDirtyBitmap {
  std::uint32_t size = sizeof(HwptGetDirtyBitmap);
  std::uint32_t hwpt_id = 0;
  std::uint32_t flags = 0;
  std::uint32_t reserved = 0;
  std::uint64_t iova = 0;
  std::uint64_t length = 0;
  std::uint64_t page_size = 0;
  std::uint64_t data = 0;  // the bitmap, in the client's memory
};

struct HwptInvalidate {
  std::uint32_t size = sizeof(HwptInvalidate);
  std::uint32_t hwpt_id = 0;  // a nested page table or a vIOMMU
  std::uint64_t data_uptr = 0;
  std::uint32_t data_type = 0;
  std::uint32_t entry_len = 0;
  std::uint32_t entry_num = 0;  // out: how many were done
  std::uint32_t reserved = 0;
};

struct FaultQueueAlloc {
  std::uint32_t size = sizeof(FaultQueueAlloc);
  std::uint32_t flags = 0;
  std::uint32_t out_fault_id = 0;
  std::uint32_t out_fault_fd = 0;
};

// What is read from a fault queue.
struct PageFault {
  std::uint32_t flags, dev_id, pasid, grpid, perm, reserved;
  std::uint64_t addr;
  std::uint32_t length, cookie;
};

// What is written to it.
struct PageResponse {
  std::uint32_t cookie, code;
};

struct ViommuAlloc {
  std::uint32_t size = sizeof(ViommuAlloc);
  std::uint32_t flags = 0;
  std::uint32_t type = 0;
  std::uint32_t dev_id = 0;
  std::uint32_t hwpt_id = 0;
  std::uint32_t out_viommu_id = 0;
  std::uint32_t data_len = 0;
  std::uint32_t reserved = 0;
  std::uint64_t data_uptr = 0;
};

struct VdeviceAlloc {
  std::uint32_t size = sizeof(VdeviceAlloc);
  std::uint32_t viommu_id = 0;
  std::uint32_t dev_id = 0;
  std::uint32_t out_vdevice_id = 0;
  std::uint64_t virt_id = 0;
};

struct VeventqAlloc {
  std::uint32_t size = sizeof(VeventqAlloc);
  std::uint32_t flags = 0;
  std::uint32_t viommu_id = 0;
  std::uint32_t type = 0;
  std::uint32_t veventq_depth = 0;
  std::uint32_t out_veventq_id = 0;
  std::uint32_t out_veventq_fd = 0;
  std::uint32_t reserved = 0;
};

inline constexpr std::uint32_t kLostEvents = 1;  // flag of VeventHeader

// What precedes each event that is read.
struct VeventHeader {
  std::uint32_t flags, sequence;
};

struct HwQueueAlloc {
  std::uint32_t size = sizeof(HwQueueAlloc);
  std::uint32_t flags = 0;
  std::uint32_t viommu_id = 0;
  std::uint32_t type = 0;
  std::uint32_t index = 0;
  std::uint32_t out_hw_queue_id = 0;
  std::uint64_t nesting_parent_iova = 0;
  std::uint64_t length = 0;
};

static_assert(sizeof(HwptAlloc) == 48 && sizeof(GetHwInfo) == 40 && sizeof(HwptSetDirtyTracking) == 16);
static_assert(sizeof(HwptGetDirtyBitmap) == 48 && sizeof(HwptInvalidate) == 32 && sizeof(FaultQueueAlloc) == 16);
static_assert(sizeof(PageFault) == 40 && sizeof(PageResponse) == 8 && sizeof(ViommuAlloc) == 40);
static_assert(sizeof(VdeviceAlloc) == 24 && sizeof(VeventqAlloc) == 32 && sizeof(VeventHeader) == 8);
static_assert(sizeof(HwQueueAlloc) == 40);

}  // namespace iolaw::dev_iommu
