// SPDX-License-Identifier: Apache-2.0
// A machine with CMDQV, and the least of a host driver for it: the sequences of linux tegra241-cmdqv.c.
#pragma once

#include <cstdint>
#include <vector>

#include "hw_reference/cmdqv/cmdqv.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::cmdqv::testing {

inline constexpr unsigned kRingBits = 4;

class Host {
 public:
  explicit Host(const smmu::Policy& policy = {}, const Parameters& parameters = {});

  smmu::testing::Machine m;
  Cmdqv cmdqv;

  // Registers.
  static std::uint32_t vintf_reg(unsigned vintf, std::uint32_t offset) {
    return reg::kVintf + vintf * reg::kVintfStride + offset;
  }
  static std::uint32_t slot(unsigned vintf, unsigned logical, std::uint32_t offset) {
    return reg::kVintfPages + vintf * reg::kVintfPagesStride + logical * reg::kSlotStride + offset;
  }
  static std::uint32_t direct(unsigned queue, std::uint32_t offset) {
    return reg::kDirectPage0 + queue * reg::kSlotStride + offset;
  }
  std::uint32_t alloc_reg(unsigned vintf, unsigned logical) const {
    return reg::kAllocMap + 4 * (vintf * cmdqv.parameters().queues_per_vintf() + logical);
  }

  void write_and_wait(std::uint32_t config, std::uint32_t status, std::uint32_t value);
  void reset();
  void init_vintf(unsigned vintf, std::uint16_t vmid, bool hypervisor);
  void deinit_vintf(unsigned vintf);
  // Maps the next logical queue, and gives it a ring.
  void init_queue(unsigned vintf, unsigned logical, PhysAddr base, bool enable = true);
  // `flush`: the CMD_SYNC on the SMMU's own queue that settles what a guest left behind.
  void deinit_queue(unsigned vintf, unsigned logical, bool flush = true);
  void unmap_queue(unsigned vintf, unsigned logical);

  void add_device(unsigned vintf, unsigned index, std::uint32_t virtual_sid, std::uint32_t physical_sid);
  void remove_device(unsigned vintf, unsigned index);

  PhysAddr make_ring() { return m.frames.allocate(16ull << kRingBits); }
};

// Whoever uses a queue through page 0, the guest or the host.
class QueueUser {
 public:
  QueueUser(Host& host, unsigned vintf, unsigned logical, PhysAddr ring);

  void enable(bool on);
  void send(const smmu::Command& command);
  // CMD_SYNC, and polls until it is consumed; false: an error came first.
  bool sync();
  bool run(const std::vector<smmu::Command>& commands);
  bool idle() const;
  std::uint32_t cons() const;
  std::uint32_t error() const;
  bool error_active() const;
  void acknowledge();
  void replace_failed(const smmu::Command& command);

 private:
  std::uint32_t at(std::uint32_t offset) const { return logical_ * reg::kSlotStride + offset; }
  Host& host_;
  Cmdqv::Page0 page_;
  unsigned logical_;
  PhysAddr ring_;
  std::uint32_t prod_ = 0;
};

}  // namespace hw::cmdqv::testing
