// SPDX-License-Identifier: Apache-2.0
// The register file (Arm IHI 0070, 6.3).
#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

namespace {

constexpr std::size_t kMisusesKept = 1000;

bool is_wide(std::uint32_t offset) {
  switch (offset & ~7u) {
    case reg::kGerrorIrqCfg0:
    case reg::kStrtabBase:
    case reg::kCmdqBase:
    case reg::kEvtqBase:
    case reg::kEvtqIrqCfg0:
    case reg::kPriqBase:
    case reg::kPriqIrqCfg0:
      return true;
    default:
      return false;
  }
}

}  // namespace

PhysAddr queue_base(std::uint64_t value, unsigned bits, unsigned entry_shift) {
  return align_down(address_field(value, 51, 5), 1ull << std::max(5u, bits + entry_shift));
}

void Smmu::misuse(std::string_view rule, std::uint32_t offset) {
  if (misuses_.size() < kMisusesKept) misuses_.push_back({rule, offset});
}

std::uint64_t& Smmu::wide_register(std::uint32_t offset) {
  switch (offset & ~7u) {
    case reg::kGerrorIrqCfg0:
      return gerror_msi_;
    case reg::kStrtabBase:
      return strtab_base_;
    case reg::kCmdqBase:
      return cmdq_base_;
    case reg::kEvtqBase:
      return evtq_base_;
    case reg::kPriqBase:
      return priq_base_;
    case reg::kPriqIrqCfg0:
      return priq_msi_;
    default:
      return evtq_msi_;
  }
}

std::uint32_t Smmu::read32(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  tick_locked(offset == reg::kCmdqCons || offset == reg::kGerror);
  return read_locked(offset);
}

std::uint64_t Smmu::read64(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  tick_locked(false);
  return read_locked(offset) | static_cast<std::uint64_t>(read_locked(offset + 4)) << 32;
}

void Smmu::write32(std::uint32_t offset, std::uint32_t value) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  write_locked(offset, value);
  tick_locked(false);
}

void Smmu::write64(std::uint32_t offset, std::uint64_t value) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  write_locked(offset, static_cast<std::uint32_t>(value));
  write_locked(offset + 4, static_cast<std::uint32_t>(value >> 32));
  tick_locked(false);
}

std::uint32_t Smmu::read_locked(std::uint32_t offset) {
  if (is_wide(offset)) return static_cast<std::uint32_t>(wide_register(offset) >> (offset & 4 ? 32 : 0));
  switch (offset) {
    case reg::kIdr0:
      return features_.idr0();
    case reg::kIdr1:
      return features_.idr1();
    case reg::kIdr3:
      return features_.idr3();
    case reg::kIdr5:
      return features_.idr5();
    case reg::kAidr:
      return 0x03;  // SMMUv3.3
    case reg::kCr0:
      return cr0_;
    case reg::kCr0Ack:
      return cr0_ack_;
    case reg::kCr1:
      return cr1_;
    case reg::kCr2:
      return cr2_;
    case reg::kGbpa:
      return gbpa_next_;
    case reg::kIrqCtrl:
      return irq_ctrl_;
    case reg::kIrqCtrlAck:
      return irq_ctrl_ack_;
    case reg::kGerror:
      return gerror_;
    case reg::kGerrorn:
      return gerrorn_;
    case reg::kGerrorIrqCfg1:
      return gerror_msi_data_;
    case reg::kGerrorIrqCfg2:
      return gerror_msi_attributes_;
    case reg::kStrtabBaseCfg:
      return strtab_base_cfg_;
    case reg::kCmdqProd:
      return commands_.prod;
    case reg::kCmdqCons:
      return static_cast<std::uint32_t>(in_field(static_cast<std::uint64_t>(commands_.error), 30, 24)) | commands_.cons;
    case reg::kEvtqIrqCfg1:
      return evtq_msi_data_;
    case reg::kEvtqIrqCfg2:
      return evtq_msi_attributes_;
    case reg::kEvtqProd:
      return events_.prod | (events_.overflow ? kOverflowFlag : 0);
    case reg::kEvtqCons:
      return events_.cons | (events_.overflow_acknowledged ? kOverflowFlag : 0);
    case reg::kPriqIrqCfg1:
      return priq_msi_data_;
    case reg::kPriqIrqCfg2:
      return priq_msi_attributes_;
    case reg::kPriqProd:
      return pages_.prod | (pages_.overflow ? kOverflowFlag : 0);
    case reg::kPriqCons:
      return pages_.cons | (pages_.overflow_acknowledged ? kOverflowFlag : 0);
    default:
      return 0;  // reserved, or of a feature that is not there
  }
}

void Smmu::write_locked(std::uint32_t offset, std::uint32_t value) {
  // A field may not change again before its acknowledgement, nor what an enabled part depends on.
  const std::uint32_t enables = cr0_ | cr0_ack_;
  switch (offset) {
    case reg::kCr0: {
      const std::uint32_t known = cr0::kSmmuEnable | cr0::kEventQueueEnable | cr0::kCommandQueueEnable |
                                  (features_.ats ? cr0::kAtsCheck : 0) | (features_.pri ? cr0::kPageQueueEnable : 0);
      if ((cr0_ ^ cr0_ack_) & (cr0_ ^ value) & known) misuse("CR0 field changed again before its ack", offset);
      cr0_ = value & known;
      return;
    }
    case reg::kCr1:
      cr1_ = value & 0xfff;
      return;
    case reg::kCr2:
      if (enables & cr0::kSmmuEnable) return misuse("CR2 written while SMMUEN", offset);
      cr2_ = value & cr2::kRecordInvalidStream;
      return;
    case reg::kGbpa:
      if (gbpa_next_ & gbpa::kUpdate) return misuse("GBPA written while UPDATE is pending", offset);
      if (!(value & gbpa::kUpdate)) return misuse("GBPA written without UPDATE", offset);
      gbpa_next_ = (value & gbpa::kAbort) | gbpa::kUpdate;
      return;
    case reg::kIrqCtrl:
      if (irq_ctrl_ != irq_ctrl_ack_) misuse("IRQ_CTRL written before its ack", offset);
      irq_ctrl_ = value & (irq_ctrl::kGerror | irq_ctrl::kEventQueue | (features_.pri ? irq_ctrl::kPageQueue : 0));
      return;
    case reg::kGerrorn:
      return write_gerrorn(value);
    case reg::kGerrorIrqCfg0:
    case reg::kGerrorIrqCfg0 + 4:
      if (irq_ctrl_ack_ & irq_ctrl::kGerror) return misuse("GERROR_IRQ_CFG0 written while enabled", offset);
      break;
    case reg::kGerrorIrqCfg1:
      gerror_msi_data_ = value;
      return;
    case reg::kGerrorIrqCfg2:
      gerror_msi_attributes_ = value & 0x3f;
      return;
    case reg::kStrtabBase:
    case reg::kStrtabBase + 4:
      if (enables & cr0::kSmmuEnable) return misuse("STRTAB_BASE written while SMMUEN", offset);
      break;
    case reg::kStrtabBaseCfg:
      if (enables & cr0::kSmmuEnable) return misuse("STRTAB_BASE_CFG written while SMMUEN", offset);
      strtab_base_cfg_ = value & 0x307ff;
      return;
    case reg::kCmdqBase:
    case reg::kCmdqBase + 4:
    case reg::kCmdqProd:
    case reg::kCmdqCons:
      return write_command_registers(offset, value);
    case reg::kEvtqBase:
    case reg::kEvtqBase + 4:
    case reg::kEvtqProd:
    case reg::kEvtqCons:
      return write_event_registers(offset, value);
    case reg::kEvtqIrqCfg0:
    case reg::kEvtqIrqCfg0 + 4:
      if (irq_ctrl_ack_ & irq_ctrl::kEventQueue) return misuse("EVENTQ_IRQ_CFG0 written while enabled", offset);
      break;
    case reg::kEvtqIrqCfg1:
      evtq_msi_data_ = value;
      return;
    case reg::kEvtqIrqCfg2:
      evtq_msi_attributes_ = value & 0x3f;
      return;
    case reg::kPriqBase:
    case reg::kPriqBase + 4:
    case reg::kPriqProd:
    case reg::kPriqCons:
      return write_page_registers(offset, value);
    case reg::kPriqIrqCfg0:
    case reg::kPriqIrqCfg0 + 4:
      if (irq_ctrl_ack_ & irq_ctrl::kPageQueue) return misuse("PRIQ_IRQ_CFG0 written while enabled", offset);
      break;
    case reg::kPriqIrqCfg1:
      priq_msi_data_ = value;
      return;
    case reg::kPriqIrqCfg2:
      priq_msi_attributes_ = value & (kOverflowFlag | 0x3f);  // LO is bit 31, too
      return;
    default:
      return;  // read-only or reserved
  }
  std::uint64_t& wide = wide_register(offset);
  wide = offset & 4 ? with_field(wide, 63, 32, value) : with_field(wide, 31, 0, value);
}

void Smmu::write_command_registers(std::uint32_t offset, std::uint32_t value) {
  const bool on = (cr0_ | cr0_ack_) & cr0::kCommandQueueEnable;
  switch (offset) {
    case reg::kCmdqProd: {
      const std::uint32_t before = commands_.ring.occupied(commands_.prod, commands_.cons);
      commands_.prod = value & kIndexMask & commands_.ring.mask();
      const std::uint32_t after = commands_.ring.occupied(commands_.prod, commands_.cons);
      if (!commands_.consistent()) return misuse("CMDQ_PROD beyond a full queue", offset);
      // While an error is active PROD may go back as far as CONS; otherwise commands may have been read already.
      if (on && after < before && !active(gerror::kCommandQueue)) misuse("CMDQ_PROD moved back", offset);
      return;
    }
    case reg::kCmdqCons:
      if (on) return misuse("CMDQ_CONS written while CMDQEN", offset);
      commands_.cons = value & kIndexMask & commands_.ring.mask();
      commands_.error = static_cast<CommandError>(field(value, 30, 24));
      return commands_.forget();
    default:
      if (on) return misuse("CMDQ_BASE written while CMDQEN", offset);
      cmdq_base_ = offset & 4 ? with_field(cmdq_base_, 63, 32, value) : with_field(cmdq_base_, 31, 0, value);
      commands_.ring.bits = std::min(static_cast<unsigned>(field(cmdq_base_, 4, 0)), features_.command_queue_bits);
      commands_.base = queue_base(cmdq_base_, commands_.ring.bits, 4);
      return commands_.forget();
  }
}

void Smmu::write_event_registers(std::uint32_t offset, std::uint32_t value) {
  const bool on = (cr0_ | cr0_ack_) & cr0::kEventQueueEnable;
  switch (offset) {
    case reg::kEvtqProd:
      if (on) return misuse("EVENTQ_PROD written while EVENTQEN", offset);
      events_.prod = value & kIndexMask & events_.ring.mask();
      events_.overflow = value & kOverflowFlag;
      return;
    case reg::kEvtqCons: {
      const std::uint32_t cons = value & kIndexMask & events_.ring.mask();
      const bool passed = events_.ring.occupied(events_.prod, cons) > events_.ring.occupied(events_.prod, events_.cons);
      if (on && passed) misuse("EVENTQ_CONS moved past EVENTQ_PROD, or back", offset);
      events_.cons = cons;
      events_.overflow_acknowledged = value & kOverflowFlag;
      return;
    }
    default:
      if (on) return misuse("EVENTQ_BASE written while EVENTQEN", offset);
      evtq_base_ = offset & 4 ? with_field(evtq_base_, 63, 32, value) : with_field(evtq_base_, 31, 0, value);
      events_.ring.bits = std::min(static_cast<unsigned>(field(evtq_base_, 4, 0)), features_.event_queue_bits);
      events_.base = queue_base(evtq_base_, events_.ring.bits, 5);
      return;
  }
}

void Smmu::write_gerrorn(std::uint32_t value) {
  const std::uint32_t toggled = gerrorn_ ^ value;
  const std::uint32_t acknowledged = toggled & (gerror_ ^ gerrorn_);
  if (toggled != acknowledged) misuse("GERRORN toggled for an error that is not active", reg::kGerrorn);
  gerrorn_ ^= acknowledged;
}

}  // namespace hw::smmu
