// SPDX-License-Identifier: Apache-2.0
// Tegra241 CMDQV: command queues beside the SMMU's own, in groups (VINTFs) that can be given to virtual machines.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "hw_reference/cmdqv/filter.hpp"
#include "hw_reference/cmdqv/registers.hpp"
#include "hw_reference/smmu/command_queue.hpp"
#include "hw_reference/smmu/policy.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::cmdqv {

// As PARAM says, in powers of two.
struct Parameters {
  unsigned log2_vintfs = 2;
  unsigned log2_queues = 4;
  unsigned log2_sids = 4;  // pairs for each VINTF
  unsigned vintfs() const { return 1u << log2_vintfs; }
  unsigned queues() const { return 1u << log2_queues; }
  unsigned queues_per_vintf() const { return queues() / vintfs(); }
  unsigned sids() const { return 1u << log2_sids; }
};

// No public manual defines what happens on an access that no driver makes; this model then does nothing, and remembers.
struct Misuse {
  std::string_view rule;
  std::uint32_t offset = 0;
};

// One lock, `mutex_`, protects the device and is taken by every public function. It comes before the SMMU's lock, which
// is taken to execute commands. As in the SMMU, time passes only in accesses, and polling makes progress.
//
// A queue runs while CMDQV, its VINTF and itself are enabled and acknowledged, it is mapped to a logical slot, and has
// no error that is not acknowledged.
class Cmdqv {
 public:
  Cmdqv(Bus& bus, smmu::Smmu& smmu, const Parameters& parameters = {}, const smmu::Policy& policy = {});
  ~Cmdqv();
  Cmdqv(const Cmdqv&) = delete;
  Cmdqv& operator=(const Cmdqv&) = delete;

  // The host's view of all registers. 64-bit accesses where the register is that wide, 32-bit ones everywhere.
  std::uint32_t read32(std::uint32_t offset);
  void write32(std::uint32_t offset, std::uint32_t value);
  std::uint64_t read64(std::uint32_t offset);
  void write64(std::uint32_t offset, std::uint64_t value);

  // What may be mapped into a guest: page 0 of one VINTF, and nothing else. `offset` is within the page. May outlive
  // the guest's rights, so whoever hands it out has to take it back before the VINTF gets another owner.
  class Page0 {
   public:
    std::uint32_t read32(std::uint32_t offset) const { return device_->read32(base_ + offset % kPage); }
    void write32(std::uint32_t offset, std::uint32_t value) const { device_->write32(base_ + offset % kPage, value); }

   private:
    friend class Cmdqv;
    Page0(Cmdqv& device, std::uint32_t base) : device_(&device), base_(base) {}
    Cmdqv* device_;
    std::uint32_t base_;
  };
  Page0 page0(unsigned vintf) { return {*this, reg::kVintfPages + vintf * reg::kVintfPagesStride}; }
  std::uint32_t bytes() const { return reg::kVintfPages + parameters_.vintfs() * reg::kVintfPagesStride; }

  // Lets every queue that runs come to its end, and every handshake finish.
  void settle();

  // Edges of the error interrupt.
  std::uint64_t interrupts() const;
  std::vector<Misuse> misuses() const;
  std::uint64_t executed_commands(unsigned queue) const;
  const Parameters& parameters() const { return parameters_; }

 private:
  struct Vintf {
    std::uint32_t config = 0;
    bool enabled = false;  // STATUS
    QueueOwner owner;      // VMID and HYP_OWN as of the acknowledged enable; the pairs at any time
  };
  struct Queue {
    smmu::CommandQueue ring;
    std::uint64_t base = 0, cons_copy = 0;
    std::uint32_t config = 0, gerror = 0, gerrorn = 0;
    std::uint32_t alloc = 0;
    bool enabled = false;  // EN_OK
    unsigned vintf() const { return alloc >> 15 & 0x3f; }
    unsigned logical() const { return alloc >> 1 & 0x7f; }
    bool mapped() const { return alloc & alloc::kAllocated; }
    bool active(std::uint32_t error) const { return (gerror ^ gerrorn) & error; }
  };
  // Commands of one queue on their way to the SMMU.
  struct Gate final : smmu::CommandExecutor {
    Gate(smmu::Smmu& target, const QueueOwner& queue_owner) : smmu(target), owner(queue_owner) {}
    smmu::CommandError execute(const smmu::Command& command, smmu::Backlog& backlog) override;
    smmu::Smmu& smmu;
    const QueueOwner& owner;
  };
  // Which queue and which register of it an offset in one of the queue pages means.
  struct SlotAccess {
    Queue* queue = nullptr;  // null: nothing is there
    bool page1 = false;
    std::uint32_t offset = 0;
  };

  std::uint32_t read_locked(std::uint32_t offset);
  void write_locked(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_config_page(std::uint32_t offset) const;
  void write_config_page(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_vintf(unsigned vintf, std::uint32_t offset) const;
  void write_vintf(unsigned vintf, std::uint32_t offset, std::uint32_t value);
  void write_alloc(unsigned queue, std::uint32_t value);
  SlotAccess slot_of(std::uint32_t offset);
  std::uint32_t read_slot(const SlotAccess& slot) const;
  void write_slot(const SlotAccess& slot, std::uint32_t offset, std::uint32_t value);
  void write_base(Queue& queue, std::uint64_t value);
  Queue* logical_queue(unsigned vintf, unsigned logical);
  const Queue* logical_queue(unsigned vintf, unsigned logical) const;
  std::array<std::uint64_t, 2> logical_errors(unsigned vintf) const;
  void misuse(std::string_view rule, std::uint32_t offset);

  void tick_locked(Queue* polled);
  void acknowledge(bool at_once);
  bool wants_to_run(const Queue& queue) const;
  bool may_run(const Queue& queue) const;
  void update_queue(Queue& queue);
  void run(Queue& queue, bool at_least_one);
  void raise(Queue& queue, std::uint32_t error);

  mutable std::mutex mutex_;
  Bus& bus_;
  smmu::Smmu& smmu_;
  const Parameters parameters_;
  const smmu::Policy policy_;
  smmu::Chooser chooser_;
  std::uint32_t config_ = 0;
  bool enabled_ = false;
  std::uint64_t interrupt_mask_ = 0;
  std::vector<Vintf> vintfs_;
  std::vector<Queue> queues_;  // by global index; never resized, since the SMMU watches their backlogs
  unsigned patience_ = 0;
  std::uint64_t interrupts_ = 0;
  std::vector<Misuse> misuses_;
};

}  // namespace hw::cmdqv
