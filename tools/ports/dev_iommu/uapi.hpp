// SPDX-License-Identifier: Apache-2.0
// The words of Linux's iommufd that the port speaks: numbers and layouts of the ioctls, written down here because
// the headers of distributions are older than the kernels under test. Here: what every IOAS has; beside it
// uapi_objects.hpp (page tables, vIOMMUs and their queues) and uapi_test.hpp (the test driver).
//
// Source: linux include/uapi/linux/iommufd.h. tools/linux/check_layout compares every size and offset with those of the
// kernel that it builds.
#pragma once

#include <linux/ioctl.h>

#include <cstdint>

namespace iolaw::dev_iommu {

// Every command is _IO(';', n), and every argument starts with its own size.
constexpr unsigned long command(unsigned number) { return _IO(';', number); }
inline constexpr unsigned long kDestroy = command(0x80);
inline constexpr unsigned long kIoasAlloc = command(0x81);
inline constexpr unsigned long kIoasAllowIovas = command(0x82);
inline constexpr unsigned long kIoasCopy = command(0x83);
inline constexpr unsigned long kIoasIovaRanges = command(0x84);
inline constexpr unsigned long kIoasMap = command(0x85);
inline constexpr unsigned long kIoasUnmap = command(0x86);
inline constexpr unsigned long kOption = command(0x87);
inline constexpr unsigned long kVfioIoas = command(0x88);
inline constexpr unsigned long kHwptAlloc = command(0x89);
inline constexpr unsigned long kGetHwInfo = command(0x8a);
inline constexpr unsigned long kHwptSetDirtyTracking = command(0x8b);
inline constexpr unsigned long kHwptGetDirtyBitmap = command(0x8c);
inline constexpr unsigned long kHwptInvalidate = command(0x8d);
inline constexpr unsigned long kFaultQueueAlloc = command(0x8e);
inline constexpr unsigned long kIoasMapFile = command(0x8f);
inline constexpr unsigned long kIoasGetPa = command(0x95);
inline constexpr unsigned long kViommuAlloc = command(0x90);
inline constexpr unsigned long kVdeviceAlloc = command(0x91);
inline constexpr unsigned long kIoasChangeProcess = command(0x92);
inline constexpr unsigned long kVeventqAlloc = command(0x93);
inline constexpr unsigned long kHwQueueAlloc = command(0x94);

// Flags of map and copy.
inline constexpr std::uint32_t kFixedIova = 1;
inline constexpr std::uint32_t kWriteable = 2;
inline constexpr std::uint32_t kReadable = 4;

// A bit that is no flag of any command, and below those that the test driver takes for itself.
inline constexpr std::uint32_t kUnknownFlag = 0x100;

struct Destroy {
  std::uint32_t size = sizeof(Destroy);
  std::uint32_t id = 0;
};

struct IoasAlloc {
  std::uint32_t size = sizeof(IoasAlloc);
  std::uint32_t flags = 0;
  std::uint32_t out_ioas_id = 0;
};

struct IoasMap {
  std::uint32_t size = sizeof(IoasMap);
  std::uint32_t flags = 0;
  std::uint32_t ioas_id = 0;
  std::uint32_t reserved = 0;
  std::uint64_t user_va = 0;
  std::uint64_t length = 0;
  std::uint64_t iova = 0;
};

struct IoasCopy {
  std::uint32_t size = sizeof(IoasCopy);
  std::uint32_t flags = 0;
  std::uint32_t dst_ioas_id = 0;
  std::uint32_t src_ioas_id = 0;
  std::uint64_t length = 0;
  std::uint64_t dst_iova = 0;
  std::uint64_t src_iova = 0;
};

struct IoasUnmap {
  std::uint32_t size = sizeof(IoasUnmap);
  std::uint32_t ioas_id = 0;
  std::uint64_t iova = 0;
  std::uint64_t length = 0;  // out: bytes removed
};

struct IovaRange {
  std::uint64_t start = 0;
  std::uint64_t last = 0;  // closed
};

struct IoasIovaRanges {
  std::uint32_t size = sizeof(IoasIovaRanges);
  std::uint32_t ioas_id = 0;
  std::uint32_t num_iovas = 0;  // in: room; out: how many there are
  std::uint32_t reserved = 0;
  std::uint64_t allowed_iovas = 0;  // IovaRange[]
  std::uint64_t out_iova_alignment = 0;
};

struct IoasAllowIovas {
  std::uint32_t size = sizeof(IoasAllowIovas);
  std::uint32_t ioas_id = 0;
  std::uint32_t num_iovas = 0;
  std::uint32_t reserved = 0;
  std::uint64_t allowed_iovas = 0;  // IovaRange[]
};

struct IoasMapFile {
  std::uint32_t size = sizeof(IoasMapFile);
  std::uint32_t flags = 0;
  std::uint32_t ioas_id = 0;
  std::int32_t fd = -1;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
  std::uint64_t iova = 0;
};

inline constexpr std::uint32_t kOptionRlimitMode = 0;
inline constexpr std::uint32_t kOptionHugePages = 1;
inline constexpr std::uint16_t kOptionSet = 0;
inline constexpr std::uint16_t kOptionGet = 1;

struct Option {
  std::uint32_t size = sizeof(Option);
  std::uint32_t option_id = 0;
  std::uint16_t op = kOptionSet;
  std::uint16_t reserved = 0;
  std::uint32_t object_id = 0;
  std::uint64_t val64 = 0;
};

struct VfioIoas {
  std::uint32_t size = sizeof(VfioIoas);
  std::uint32_t ioas_id = 0;
  std::uint16_t op = 0;
  std::uint16_t reserved = 0;
};

struct IoasChangeProcess {
  std::uint32_t size = sizeof(IoasChangeProcess);
  std::uint32_t reserved = 0;
};

struct IoasGetPa {
  std::uint32_t size = sizeof(IoasGetPa);
  std::uint32_t flags = 0;
  std::uint32_t ioas_id = 0;
  std::uint32_t reserved = 0;
  std::uint64_t iova = 0;
  std::uint64_t length = 0;
  std::uint64_t out_phys = 0;
};

static_assert(sizeof(IoasGetPa) == 40);
static_assert(sizeof(Destroy) == 8 && sizeof(IoasAlloc) == 12 && sizeof(IoasMap) == 40);
static_assert(sizeof(IoasCopy) == 40 && sizeof(IoasUnmap) == 24 && sizeof(IoasIovaRanges) == 32);
static_assert(sizeof(IoasAllowIovas) == 24 && sizeof(IoasMapFile) == 40 && sizeof(Option) == 24);

}  // namespace iolaw::dev_iommu
