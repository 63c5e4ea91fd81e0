// SPDX-License-Identifier: Apache-2.0
// The binary interface of /dev/iommu in Linux 7.3: numbers of the ioctls, and the structures of those that work on IO
// address spaces. Beside it abi_objects.hpp (page tables, virtual IOMMUs, queues), abi_test.hpp (Linux's test driver)
// and abi_vfio.hpp. Written down here because installed headers are older.
//
// Source: linux include/uapi/linux/iommufd.h; tools/linux/check_layout compares every size and offset with it.
#pragma once

#include <linux/ioctl.h>

#include <cstdint>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

inline constexpr unsigned kFirstCommand = 0x80;

// Every command is _IO(';', n), and every structure begins with its own size in bytes.
constexpr unsigned command(unsigned number) { return _IO(';', number); }

inline constexpr unsigned kDestroy = command(0x80);
inline constexpr unsigned kIoasAlloc = command(0x81);
inline constexpr unsigned kIoasAllowIovas = command(0x82);
inline constexpr unsigned kIoasCopy = command(0x83);
inline constexpr unsigned kIoasIovaRanges = command(0x84);
inline constexpr unsigned kIoasMap = command(0x85);
inline constexpr unsigned kIoasUnmap = command(0x86);
inline constexpr unsigned kOption = command(0x87);
inline constexpr unsigned kVfioIoas = command(0x88);
inline constexpr unsigned kHwptAlloc = command(0x89);
inline constexpr unsigned kGetHwInfo = command(0x8a);
inline constexpr unsigned kHwptSetDirtyTracking = command(0x8b);
inline constexpr unsigned kHwptGetDirtyBitmap = command(0x8c);
inline constexpr unsigned kHwptInvalidate = command(0x8d);
inline constexpr unsigned kFaultQueueAlloc = command(0x8e);
inline constexpr unsigned kIoasMapFile = command(0x8f);
inline constexpr unsigned kViommuAlloc = command(0x90);
inline constexpr unsigned kVdeviceAlloc = command(0x91);
inline constexpr unsigned kIoasChangeProcess = command(0x92);
inline constexpr unsigned kVeventqAlloc = command(0x93);
inline constexpr unsigned kHwQueueAlloc = command(0x94);
inline constexpr unsigned kIoasNoiommuGetPa = command(0x95);

struct DestroyCommand {
  std::uint32_t size, id;
};

struct IoasAllocCommand {
  std::uint32_t size, flags, out_ioas_id;
};

struct Range {
  std::uint64_t start, last;  // closed
};

struct IoasAllowIovasCommand {
  std::uint32_t size, ioas_id, num_iovas, reserved;
  std::uint64_t allowed_iovas;  // Range[num_iovas]
};

struct IoasCopyCommand {
  std::uint32_t size, flags, dst_ioas_id, src_ioas_id;
  std::uint64_t length, dst_iova, src_iova;
};

struct IoasIovaRangesCommand {
  std::uint32_t size, ioas_id;
  std::uint32_t num_iovas;  // in: room; out: how many there are
  std::uint32_t reserved;
  std::uint64_t allowed_iovas;  // Range[num_iovas]
  std::uint64_t out_iova_alignment;
};

struct IoasMapCommand {
  std::uint32_t size, flags, ioas_id, reserved;
  std::uint64_t user_va, length, iova;
};

struct IoasMapFileCommand {
  std::uint32_t size, flags, ioas_id;
  std::int32_t fd;
  std::uint64_t start, length, iova;
};

struct IoasUnmapCommand {
  std::uint32_t size, ioas_id;
  std::uint64_t iova;
  std::uint64_t length;  // out: bytes removed
};

struct OptionCommand {
  std::uint32_t size, option_id;
  std::uint16_t op, reserved;
  std::uint32_t object_id;
  std::uint64_t val64;
};

inline constexpr std::uint16_t kVfioIoasGet = 0;
inline constexpr std::uint16_t kVfioIoasSet = 1;
inline constexpr std::uint16_t kVfioIoasClear = 2;

struct VfioIoasCommand {
  std::uint32_t size, ioas_id;
  std::uint16_t op, reserved;
};

struct IoasChangeProcessCommand {
  std::uint32_t size, reserved;
};

struct IoasNoiommuGetPaCommand {
  std::uint32_t size, flags, ioas_id, reserved;
  std::uint64_t iova, length, out_phys;
};

static_assert(sizeof(DestroyCommand) == 8 && sizeof(IoasAllocCommand) == 12 && sizeof(IoasAllowIovasCommand) == 24);
static_assert(sizeof(IoasCopyCommand) == 40 && sizeof(IoasIovaRangesCommand) == 32 && sizeof(IoasMapCommand) == 40);
static_assert(sizeof(IoasMapFileCommand) == 40 && sizeof(IoasUnmapCommand) == 24 && sizeof(OptionCommand) == 24);
static_assert(sizeof(VfioIoasCommand) == 12 && sizeof(IoasChangeProcessCommand) == 8);
static_assert(sizeof(IoasNoiommuGetPaCommand) == 40 && sizeof(Range) == 16);

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
