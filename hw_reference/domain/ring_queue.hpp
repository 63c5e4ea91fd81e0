// SPDX-License-Identifier: Apache-2.0
// A command queue in memory: the SMMU's own, or a VCMDQ, which differ in where their registers are.
#pragma once

#include <functional>
#include <mutex>

#include "hw_reference/domain/command_sink.hpp"
#include "hw_reference/smmu/bus.hpp"

namespace hw::domain {

// How often a register is read in the place of a second of waiting.
inline constexpr unsigned kPolls = 1'000'000;

// How the registers of a queue are reached; bits as in CMDQ_PROD, CMDQ_CONS, GERROR and GERRORN of which the command
// queue's bit is bit 0.
struct QueueRegisters {
  std::function<std::uint32_t()> read_cons;
  std::function<void(std::uint32_t)> write_prod;
  std::function<std::uint32_t()> read_gerror;
  std::function<std::uint32_t()> read_gerrorn;
  std::function<void(std::uint32_t)> write_gerrorn;
  std::function<bool(smmu::Opcode)> takes;  // empty: everything
};

// mutex: held while commands are sent and waited for, so that the commands of one call stay together and the error of a
// command is that of its sender. The SMMU's locks are taken under it.
class RingQueue final : public CommandSink {
 public:
  // The ring has 2^log2_entries entries of 16 bytes at `base`, and is empty with PROD = CONS = 0.
  RingQueue(Bus& bus, PhysAddr base, unsigned log2_entries, QueueRegisters registers)
      : bus_(bus), base_(base), bits_(log2_entries), registers_(std::move(registers)) {}

  bool takes(smmu::Opcode opcode) const override { return !registers_.takes || registers_.takes(opcode); }
  SendResult send(std::span<const smmu::Command> commands) override;

 private:
  std::uint32_t mask() const { return (2U << bits_) - 1; }  // of an index with its wrap bit
  std::uint32_t waiting(std::uint32_t cons) const { return (prod_ - cons) & mask(); }
  PhysAddr slot(std::uint32_t index) const { return base_ + 16ULL * (index & (mask() >> 1)); }
  void put(const smmu::Command& command);
  bool wait(std::uint32_t most, SendResult& result);
  void handle_error(SendResult& result);

  Bus& bus_;
  const PhysAddr base_;
  const unsigned bits_;
  const QueueRegisters registers_;
  std::mutex mutex_;
  std::uint32_t prod_ = 0;
};

}  // namespace hw::domain
