// SPDX-License-Identifier: Apache-2.0
// The host's driver of Tegra241 CMDQV: which VINTF is whose, and what is in its registers (linux
// drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "hw_reference/cmdqv/cmdqv.hpp"
#include "hw_reference/domain/driver.hpp"
#include "hw_reference/result.hpp"

namespace hw::domain {

// VINTF 0 is the host's own. mutex: protects who has which VINTF, and the registers of VINTFs; the locks of the
// driver's queues and of the hardware are taken under it. Pages 0 need no lock.
class CmdqvHost {
 public:
  using Errors = std::array<std::uint64_t, 2>;  // a bit for each logical queue
  using Report = std::function<void(const Errors&)>;

  // Resets and enables CMDQV. Both outlive this. Throws std::runtime_error if it does not answer.
  CmdqvHost(cmdqv::Cmdqv& cmdqv, Driver& driver);
  CmdqvHost(const CmdqvHost&) = delete;
  CmdqvHost& operator=(const CmdqvHost&) = delete;

  // A VINTF for a guest with this VMID, enabled, without queues or devices. `report` is called with the errors of its
  // queues, under the mutex. ENOSPC: none is left; ETIMEDOUT: the hardware does not answer.
  hw_reference::Result<unsigned> take_vintf(std::uint16_t vmid, Report report);
  void return_vintf(unsigned vintf);  // its queues are gone

  // Maps a logical queue and gives it its ring: 2^log2_entries commands at `physical`. The guest enables it. Queues are
  // taken in ascending order and given back in descending order.
  void init_queue(unsigned vintf, unsigned logical, PhysAddr physical, unsigned log2_entries);
  // The queue is off, nothing of it is under way, and its registers are as after a reset.
  void deinit_queue(unsigned vintf, unsigned logical);

  // What the guest calls `virtual_sid` is `physical_sid`. EINVAL: more than 20 bits; ENOSPC: no pair is left.
  int add_device(unsigned vintf, std::uint64_t virtual_sid, smmu::StreamId physical_sid);
  void remove_device(unsigned vintf, std::uint64_t virtual_sid);

  // What the interrupt's handler does: tells of each VINTF with errors. The guest acknowledges them.
  void handle_interrupt();

  cmdqv::Cmdqv::Page0 page0(unsigned vintf) { return cmdqv_.page0(vintf); }
  unsigned queues() const { return cmdqv_.parameters().queues_per_vintf(); }
  const cmdqv::Parameters& parameters() const { return cmdqv_.parameters(); }
  unsigned queue_bits() const { return driver_.smmu().features().command_queue_bits; }  // log2 of the most commands

 private:
  struct Vintf {
    bool taken = false;
    Report report;
    std::array<std::uint64_t, cmdqv::kMaxSids> devices;  // virtual StreamID of each pair, or kFree
  };
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  // False: the hardware does not answer. Who takes something back goes on all the same.
  bool write_and_wait(std::uint32_t config, std::uint32_t status, std::uint32_t value);
  void reset_queue(unsigned vintf, unsigned logical);
  void clear_pair(unsigned vintf, unsigned pair);

  cmdqv::Cmdqv& cmdqv_;
  Driver& driver_;
  std::mutex mutex_;
  std::vector<Vintf> vintfs_;
  std::uint64_t interrupts_seen_ = 0;
};

}  // namespace hw::domain
