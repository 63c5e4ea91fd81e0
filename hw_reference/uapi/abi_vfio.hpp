// SPDX-License-Identifier: Apache-2.0
// What VFIO's type 1 container tells about itself. The rest of the interface is in the installed header.
//
// Source: linux include/uapi/linux/vfio.h.
#pragma once

#include <linux/vfio.h>

#include <cstddef>
#include <cstdint>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

struct VfioInfo {
  std::uint32_t argsz, flags;
  std::uint64_t iova_pgsizes;
  std::uint32_t cap_offset, pad;
};

struct VfioCap {
  std::uint16_t id, version;
  std::uint32_t next;  // from the start of VfioInfo; 0: none
};

struct VfioCapDmaAvail {
  VfioCap header;
  std::uint32_t avail;  // mappings
};

struct VfioCapIovaRanges {
  VfioCap header;
  std::uint32_t nr_iovas, reserved;  // and as many uapi::Range follow
};

static_assert(sizeof(VfioInfo) == 24 && offsetof(VfioInfo, cap_offset) == offsetof(vfio_iommu_type1_info, cap_offset));
static_assert(sizeof(VfioCap) == sizeof(vfio_info_cap_header) && sizeof(VfioCapDmaAvail) == 12);
static_assert(sizeof(VfioCapIovaRanges) == sizeof(vfio_iommu_type1_info_cap_iova_range));

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
