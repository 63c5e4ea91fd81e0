// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/cmdqv/test/host.hpp"

#include <stdexcept>

namespace hw::cmdqv::testing {

namespace {
constexpr unsigned kPolls = 2000;
constexpr std::uint32_t kIndexMask = (2u << kRingBits) - 1;
}  // namespace

Host::Host(const smmu::Policy& policy, const Parameters& parameters)
    : m({}, policy), cmdqv(m.memory, m.smmu, parameters, policy) {
  reset();
}

void Host::write_and_wait(std::uint32_t config, std::uint32_t status, std::uint32_t value) {
  cmdqv.write32(config, value);
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if ((cmdqv.read32(status) & 1) == (value & 1)) return;
  }
  throw std::logic_error("no acknowledgement");
}

void Host::reset() {
  write_and_wait(reg::kConfig, reg::kStatus, 0);
  write_and_wait(reg::kConfig, reg::kStatus, config::kEnable);
  const Parameters& p = cmdqv.parameters();
  for (unsigned v = 0; v < p.vintfs(); ++v) {
    for (unsigned l = 0; l < p.queues_per_vintf(); ++l) cmdqv.write32(alloc_reg(v, l), alloc::pair(v, l));
  }
}

void Host::init_vintf(unsigned vintf, std::uint16_t vmid, bool hypervisor) {
  deinit_vintf(vintf);
  const std::uint32_t value = vintf_config::vmid(vmid) | (hypervisor ? vintf_config::kHypervisorOwned : 0);
  cmdqv.write32(vintf_reg(vintf, reg::kVintfConfig), value);
  write_and_wait(vintf_reg(vintf, reg::kVintfConfig), vintf_reg(vintf, reg::kVintfStatus),
                 value | vintf_config::kEnable);
}

void Host::deinit_vintf(unsigned vintf) {
  for (unsigned l = cmdqv.parameters().queues_per_vintf(); l-- > 0;) {
    if (!(cmdqv.read32(alloc_reg(vintf, l)) & alloc::kAllocated)) continue;
    deinit_queue(vintf, l);
    unmap_queue(vintf, l);
  }
  write_and_wait(vintf_reg(vintf, reg::kVintfConfig), vintf_reg(vintf, reg::kVintfStatus), 0);
  for (unsigned i = 0; i < cmdqv.parameters().sids(); ++i) remove_device(vintf, i);
}

void Host::init_queue(unsigned vintf, unsigned logical, PhysAddr base, bool enable) {
  cmdqv.write32(alloc_reg(vintf, logical), alloc::pair(vintf, logical) | alloc::kAllocated);
  deinit_queue(vintf, logical);
  cmdqv.write64(slot(vintf, logical, kPage + reg::kBase), base | kRingBits);
  if (enable) {
    write_and_wait(slot(vintf, logical, reg::kQueueConfig), slot(vintf, logical, reg::kQueueStatus), config::kEnable);
  }
}

void Host::deinit_queue(unsigned vintf, unsigned logical, bool flush) {
  write_and_wait(slot(vintf, logical, reg::kQueueConfig), slot(vintf, logical, reg::kQueueStatus), 0);
  if (flush && !m.sync()) throw std::logic_error("the SMMU's own queue failed");
  cmdqv.write32(slot(vintf, logical, reg::kProd), 0);
  cmdqv.write32(slot(vintf, logical, reg::kCons), 0);
  cmdqv.write64(slot(vintf, logical, kPage + reg::kBase), 0);
  cmdqv.write64(slot(vintf, logical, kPage + reg::kConsCopy), 0);
  const std::uint32_t errors = cmdqv.read32(slot(vintf, logical, reg::kGerror));
  if (errors != cmdqv.read32(slot(vintf, logical, reg::kGerrorn))) {
    cmdqv.write32(slot(vintf, logical, reg::kGerrorn), errors);
  }
}

void Host::unmap_queue(unsigned vintf, unsigned logical) {
  cmdqv.write32(alloc_reg(vintf, logical), alloc::pair(vintf, logical));
}

// REPLACE before MATCH, and back in the other order: no match ever yields a wrong StreamID.
void Host::add_device(unsigned vintf, unsigned index, std::uint32_t virtual_sid, std::uint32_t physical_sid) {
  cmdqv.write32(vintf_reg(vintf, reg::kSidReplace + 4 * index), physical_sid);
  cmdqv.write32(vintf_reg(vintf, reg::kSidMatch + 4 * index), sid_match::virtual_sid(virtual_sid) | sid_match::kEnable);
}

void Host::remove_device(unsigned vintf, unsigned index) {
  cmdqv.write32(vintf_reg(vintf, reg::kSidMatch + 4 * index), 0);
  cmdqv.write32(vintf_reg(vintf, reg::kSidReplace + 4 * index), 0);
}

QueueUser::QueueUser(Host& host, unsigned vintf, unsigned logical, PhysAddr ring)
    : host_(host), page_(host.cmdqv.page0(vintf)), logical_(logical), ring_(ring) {
  prod_ = page_.read32(at(reg::kProd));
}

void QueueUser::enable(bool on) {
  page_.write32(at(reg::kQueueConfig), on);
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if (page_.read32(at(reg::kQueueStatus)) == (on ? 1u : 0u)) return;
  }
  throw std::logic_error("no acknowledgement");
}

void QueueUser::send(const smmu::Command& command) {
  const PhysAddr entry = ring_ + 16ull * (prod_ % (1u << kRingBits));
  host_.m.memory.write64(entry, command.low);
  host_.m.memory.write64(entry + 8, command.high);
  prod_ = (prod_ + 1) & kIndexMask;
  page_.write32(at(reg::kProd), prod_);
}

std::uint32_t QueueUser::cons() const { return page_.read32(at(reg::kCons)) & 0xfffff; }
std::uint32_t QueueUser::error() const { return page_.read32(at(reg::kCons)) >> 24; }
bool QueueUser::error_active() const { return page_.read32(at(reg::kGerror)) != page_.read32(at(reg::kGerrorn)); }
void QueueUser::acknowledge() { page_.write32(at(reg::kGerrorn), page_.read32(at(reg::kGerror))); }
bool QueueUser::idle() const { return cons() == prod_; }

void QueueUser::replace_failed(const smmu::Command& command) {
  const PhysAddr entry = ring_ + 16ull * (cons() % (1u << kRingBits));
  host_.m.memory.write64(entry, command.low);
  host_.m.memory.write64(entry + 8, command.high);
}

bool QueueUser::sync() {
  send(smmu::command::sync());
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if (idle()) return true;
    if (error_active()) return false;
  }
  return false;
}

bool QueueUser::run(const std::vector<smmu::Command>& commands) {
  for (const smmu::Command& command : commands) send(command);
  return sync();
}

}  // namespace hw::cmdqv::testing
