// SPDX-License-Identifier: Apache-2.0
// Offsets and bits of the SMMUv3 register file (Arm IHI 0070, 6). Page 1 begins at 0x10000.
#pragma once

#include <cstdint>

namespace hw::smmu {

namespace reg {
inline constexpr std::uint32_t kIdr0 = 0x00, kIdr1 = 0x04, kIdr2 = 0x08, kIdr3 = 0x0c, kIdr4 = 0x10, kIdr5 = 0x14;
inline constexpr std::uint32_t kIidr = 0x18, kAidr = 0x1c;
inline constexpr std::uint32_t kCr0 = 0x20, kCr0Ack = 0x24, kCr1 = 0x28, kCr2 = 0x2c;
inline constexpr std::uint32_t kGbpa = 0x44;
inline constexpr std::uint32_t kIrqCtrl = 0x50, kIrqCtrlAck = 0x54;
inline constexpr std::uint32_t kGerror = 0x60, kGerrorn = 0x64;
inline constexpr std::uint32_t kGerrorIrqCfg0 = 0x68, kGerrorIrqCfg1 = 0x70, kGerrorIrqCfg2 = 0x74;
inline constexpr std::uint32_t kStrtabBase = 0x80, kStrtabBaseCfg = 0x88;
inline constexpr std::uint32_t kCmdqBase = 0x90, kCmdqProd = 0x98, kCmdqCons = 0x9c;
inline constexpr std::uint32_t kEvtqBase = 0xa0;
inline constexpr std::uint32_t kEvtqIrqCfg0 = 0xb0, kEvtqIrqCfg1 = 0xb8, kEvtqIrqCfg2 = 0xbc;
inline constexpr std::uint32_t kPriqBase = 0xc0;
inline constexpr std::uint32_t kPriqIrqCfg0 = 0xd0, kPriqIrqCfg1 = 0xd8, kPriqIrqCfg2 = 0xdc;
inline constexpr std::uint32_t kEvtqProd = 0x100a8, kEvtqCons = 0x100ac;
inline constexpr std::uint32_t kPriqProd = 0x100c8, kPriqCons = 0x100cc;
inline constexpr std::uint32_t kBytes = 0x20000;
}  // namespace reg

namespace cr0 {
inline constexpr std::uint32_t kSmmuEnable = 1u << 0, kPageQueueEnable = 1u << 1, kEventQueueEnable = 1u << 2,
                               kCommandQueueEnable = 1u << 3, kAtsCheck = 1u << 4;
}
namespace cr2 {
inline constexpr std::uint32_t kRecordInvalidStream = 1u << 1;
}
namespace gbpa {
inline constexpr std::uint32_t kAbort = 1u << 20, kUpdate = 1u << 31;
}
namespace irq_ctrl {
inline constexpr std::uint32_t kGerror = 1u << 0, kPageQueue = 1u << 1, kEventQueue = 1u << 2;
}
namespace gerror {
inline constexpr std::uint32_t kCommandQueue = 1u << 0, kEventQueueAbort = 1u << 2, kPageQueueAbort = 1u << 3,
                               kMsiCommandAbort = 1u << 4, kMsiEventAbort = 1u << 5, kMsiPageAbort = 1u << 6,
                               kMsiGerrorAbort = 1u << 7;
}

}  // namespace hw::smmu
