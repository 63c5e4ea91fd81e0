// SPDX-License-Identifier: Apache-2.0
// Offsets and bits of Tegra241 CMDQV (linux drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c; qemu
// hw/arm/tegra241-cmdqv.h).
#pragma once

#include <cstdint>

namespace hw::cmdqv {

inline constexpr std::uint32_t kPage = 0x10000;
inline constexpr unsigned kMaxVintfs = 64, kMaxQueues = 128, kMaxSids = 16;
inline constexpr std::uint32_t kIndexMask = 0xfffff;  // of CONS and PROD: [19:0]

namespace reg {
// The CONFIG page.
inline constexpr std::uint32_t kConfig = 0x000, kParam = 0x004, kStatus = 0x008;
inline constexpr std::uint32_t kVintfErrorMap = 0x014, kVintfInterruptMask = 0x01c;  // two 32-bit words each
inline constexpr std::uint32_t kQueueErrorMap = 0x024;                               // four words
inline constexpr std::uint32_t kAllocMap = 0x200;                                    // + 4 · queue
inline constexpr std::uint32_t kVintf = 0x1000, kVintfStride = 0x100;
// Within the block of a VINTF.
inline constexpr std::uint32_t kVintfConfig = 0x00, kVintfStatus = 0x04, kSidMatch = 0x40, kSidReplace = 0x80,
                               kLogicalErrorMap = 0xc0, kLogicalErrorMapEnd = 0xd0;
// Pages of queues: all queues by global index, then two pages for each VINTF by logical index.
inline constexpr std::uint32_t kDirectPage0 = 0x10000, kDirectPage1 = 0x20000, kVintfPages = 0x30000,
                               kVintfPagesStride = 0x20000;
inline constexpr std::uint32_t kSlotStride = 0x80;
// Within a slot of page 0.
inline constexpr std::uint32_t kCons = 0x00, kProd = 0x04, kQueueConfig = 0x08, kQueueStatus = 0x0c, kGerror = 0x10,
                               kGerrorn = 0x14;
// Within a slot of page 1; 64-bit.
inline constexpr std::uint32_t kBase = 0x00, kConsCopy = 0x08;
}  // namespace reg

namespace config {
inline constexpr std::uint32_t kEnable = 1u << 0, kConsCopyEnable = 1u << 20;
}
namespace alloc {
inline constexpr std::uint32_t kAllocated = 1u << 0;
constexpr std::uint32_t pair(unsigned vintf, unsigned logical) { return logical << 1 | vintf << 15; }
}  // namespace alloc
namespace vintf_config {
inline constexpr std::uint32_t kEnable = 1u << 0, kHypervisorOwned = 1u << 17;
constexpr std::uint32_t vmid(std::uint16_t value) { return static_cast<std::uint32_t>(value) << 1; }
}  // namespace vintf_config
namespace sid_match {
inline constexpr std::uint32_t kEnable = 1u << 0;
constexpr std::uint32_t virtual_sid(std::uint32_t value) { return value << 1; }
}  // namespace sid_match
namespace gerror {
inline constexpr std::uint32_t kCommand = 1u << 0, kConsCopyAbort = 1u << 1, kInit = 1u << 2;
}

}  // namespace hw::cmdqv
