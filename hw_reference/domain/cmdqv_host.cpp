// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/cmdqv_host.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace hw::domain {

namespace {

namespace queue_reg = cmdqv::reg;
namespace alloc = cmdqv::alloc;

constexpr unsigned kStreamBits = 20;

std::uint32_t vintf_register(unsigned vintf, std::uint32_t offset) {
  return queue_reg::kVintf + vintf * queue_reg::kVintfStride + offset;
}

// In page 0 of a VINTF; kPage more is page 1.
std::uint32_t slot(unsigned vintf, unsigned logical, std::uint32_t offset) {
  return queue_reg::kVintfPages + vintf * queue_reg::kVintfPagesStride + logical * queue_reg::kSlotStride + offset;
}

}  // namespace

CmdqvHost::CmdqvHost(cmdqv::Cmdqv& cmdqv, Driver& driver)
    : cmdqv_(cmdqv), driver_(driver), vintfs_(cmdqv.parameters().vintfs()) {
  for (Vintf& vintf : vintfs_) vintf.devices.fill(kFree);
  bool answers = write_and_wait(queue_reg::kConfig, queue_reg::kStatus, 0);
  answers = answers && write_and_wait(queue_reg::kConfig, queue_reg::kStatus, cmdqv::config::kEnable);
  for (unsigned vintf = 0; vintf < vintfs_.size(); ++vintf)
    for (unsigned logical = 0; logical < queues(); ++logical)
      cmdqv_.write32(queue_reg::kAllocMap + 4 * (vintf * queues() + logical), alloc::pair(vintf, logical));
  const std::uint32_t own = cmdqv::vintf_config::kHypervisorOwned;
  cmdqv_.write32(vintf_register(0, queue_reg::kVintfConfig), own);
  answers = answers && write_and_wait(vintf_register(0, queue_reg::kVintfConfig),
                                      vintf_register(0, queue_reg::kVintfStatus), own | cmdqv::vintf_config::kEnable);
  if (!answers) throw std::runtime_error("CMDQV does not answer");
  vintfs_[0].taken = true;
}

bool CmdqvHost::write_and_wait(std::uint32_t config, std::uint32_t status, std::uint32_t value) {
  cmdqv_.write32(config, value);
  for (unsigned poll = 0; poll < kPolls; ++poll)
    if ((cmdqv_.read32(status) & 1) == (value & 1)) return true;
  return false;
}

hw_reference::Result<unsigned> CmdqvHost::take_vintf(std::uint16_t vmid, Report report) {
  std::lock_guard lock(mutex_);
  const auto free = std::find_if(vintfs_.begin(), vintfs_.end(), [](const Vintf& vintf) { return !vintf.taken; });
  if (free == vintfs_.end()) return {ENOSPC, 0};
  const auto index = static_cast<unsigned>(free - vintfs_.begin());
  // The VMID is there before anything can run.
  const std::uint32_t config = cmdqv::vintf_config::vmid(vmid);
  cmdqv_.write32(vintf_register(index, queue_reg::kVintfConfig), config);
  if (!write_and_wait(vintf_register(index, queue_reg::kVintfConfig), vintf_register(index, queue_reg::kVintfStatus),
                      config | cmdqv::vintf_config::kEnable)) {
    cmdqv_.write32(vintf_register(index, queue_reg::kVintfConfig), 0);
    return {ETIMEDOUT, 0};
  }
  free->taken = true;
  free->report = std::move(report);
  return {0, index};
}

void CmdqvHost::return_vintf(unsigned index) {
  std::lock_guard lock(mutex_);
  write_and_wait(vintf_register(index, queue_reg::kVintfConfig), vintf_register(index, queue_reg::kVintfStatus), 0);
  for (unsigned pair = 0; pair < parameters().sids(); ++pair) clear_pair(index, pair);
  vintfs_[index].taken = false;
  vintfs_[index].report = nullptr;
}

// What enabling does not reset, the next owner would find.
void CmdqvHost::reset_queue(unsigned vintf, unsigned logical) {
  write_and_wait(slot(vintf, logical, queue_reg::kQueueConfig), slot(vintf, logical, queue_reg::kQueueStatus), 0);
  // An ATC_INV that nobody answered is reported by the next CMD_SYNC: here, and not to the next guest.
  driver_.sync_own_queue();
  cmdqv_.write32(slot(vintf, logical, queue_reg::kProd), 0);
  cmdqv_.write32(slot(vintf, logical, queue_reg::kCons), 0);
  cmdqv_.write64(slot(vintf, logical, cmdqv::kPage + queue_reg::kBase), 0);
  cmdqv_.write64(slot(vintf, logical, cmdqv::kPage + queue_reg::kConsCopy), 0);
  const std::uint32_t errors = cmdqv_.read32(slot(vintf, logical, queue_reg::kGerror));
  if (errors != cmdqv_.read32(slot(vintf, logical, queue_reg::kGerrorn)))
    cmdqv_.write32(slot(vintf, logical, queue_reg::kGerrorn), errors);
}

void CmdqvHost::init_queue(unsigned vintf, unsigned logical, PhysAddr physical, unsigned log2_entries) {
  std::lock_guard lock(mutex_);
  cmdqv_.write32(queue_reg::kAllocMap + 4 * (vintf * queues() + logical),
                 alloc::pair(vintf, logical) | alloc::kAllocated);
  reset_queue(vintf, logical);
  cmdqv_.write64(slot(vintf, logical, cmdqv::kPage + queue_reg::kBase), physical | log2_entries);
}

void CmdqvHost::deinit_queue(unsigned vintf, unsigned logical) {
  std::lock_guard lock(mutex_);
  reset_queue(vintf, logical);
  cmdqv_.write32(queue_reg::kAllocMap + 4 * (vintf * queues() + logical), alloc::pair(vintf, logical));
}

// REPLACE before MATCH, and back in the other order: no match ever yields a wrong StreamID.
int CmdqvHost::add_device(unsigned vintf, std::uint64_t virtual_sid, smmu::StreamId physical_sid) {
  if (virtual_sid >> kStreamBits != 0 || physical_sid >> kStreamBits != 0) return EINVAL;
  std::lock_guard lock(mutex_);
  auto& devices = vintfs_[vintf].devices;
  const auto end = devices.begin() + parameters().sids();
  const auto free = std::find(devices.begin(), end, kFree);
  if (free == end) return ENOSPC;
  *free = virtual_sid;
  const auto pair = static_cast<unsigned>(free - devices.begin());
  cmdqv_.write32(vintf_register(vintf, queue_reg::kSidReplace + 4 * pair), physical_sid);
  cmdqv_.write32(vintf_register(vintf, queue_reg::kSidMatch + 4 * pair),
                 cmdqv::sid_match::virtual_sid(static_cast<std::uint32_t>(virtual_sid)) | cmdqv::sid_match::kEnable);
  return 0;
}

void CmdqvHost::clear_pair(unsigned vintf, unsigned pair) {
  cmdqv_.write32(vintf_register(vintf, queue_reg::kSidMatch + 4 * pair), 0);
  cmdqv_.write32(vintf_register(vintf, queue_reg::kSidReplace + 4 * pair), 0);
  vintfs_[vintf].devices[pair] = kFree;
}

void CmdqvHost::remove_device(unsigned vintf, std::uint64_t virtual_sid) {
  std::lock_guard lock(mutex_);
  auto& devices = vintfs_[vintf].devices;
  const auto found = std::find(devices.begin(), devices.end(), virtual_sid);
  if (found != devices.end()) clear_pair(vintf, static_cast<unsigned>(found - devices.begin()));
}

void CmdqvHost::handle_interrupt() {
  std::lock_guard lock(mutex_);
  const std::uint64_t raised = cmdqv_.interrupts();
  if (raised == interrupts_seen_) return;
  interrupts_seen_ = raised;
  const std::uint64_t map =
      cmdqv_.read32(queue_reg::kVintfErrorMap) | std::uint64_t{cmdqv_.read32(queue_reg::kVintfErrorMap + 4)} << 32;
  for (unsigned vintf = 0; vintf < vintfs_.size(); ++vintf) {
    if ((map >> vintf & 1) == 0 || !vintfs_[vintf].report) continue;
    vintfs_[vintf].report({cmdqv_.read64(vintf_register(vintf, queue_reg::kLogicalErrorMap)),
                           cmdqv_.read64(vintf_register(vintf, queue_reg::kLogicalErrorMap + 8))});
  }
}

}  // namespace hw::domain
