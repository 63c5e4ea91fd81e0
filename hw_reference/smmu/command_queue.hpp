// SPDX-License-Identifier: Apache-2.0
// A ring of commands and the machine that consumes it; the SMMU has one, CMDQV has many (Arm IHI 0070, 3.5, 4.7, 7.1).
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/policy.hpp"

namespace hw::smmu {

// Index arithmetic of queues with 2^bits entries: index [bits-1:0], wrap bit at `bits`.
struct RingIndex {
  unsigned bits = 0;
  std::uint32_t mask() const { return (2u << bits) - 1; }
  std::uint32_t occupied(std::uint32_t prod, std::uint32_t cons) const { return (prod - cons) & mask(); }
  bool full(std::uint32_t prod, std::uint32_t cons) const { return occupied(prod, cons) == 1u << bits; }
  std::uint32_t next(std::uint32_t index) const { return (index + 1) & mask(); }
  std::uint32_t slot(std::uint32_t index) const { return index & ((1u << bits) - 1); }
};

// What a queue has consumed but not completed. A CMD_SYNC of the same queue completes it.
struct Backlog {
  std::vector<Command> late;   // invalidations whose effect may still be missing
  bool atc_timed_out = false;  // an ATC_INV got no answer; the next CMD_SYNC says so
  bool abandoned = false;      // the queue was disabled before a CMD_SYNC; see Smmu::adopt
};

// Carries out one command on behalf of a queue.
class CommandExecutor {
 public:
  virtual ~CommandExecutor() = default;
  virtual CommandError execute(const Command& command, Backlog& backlog) = 0;
};

class CommandQueue {
 public:
  enum class Step : std::uint8_t { idle, consumed, failed };

  PhysAddr base = 0;
  RingIndex ring;
  std::uint32_t prod = 0;
  std::uint32_t cons = 0;
  CommandError error = CommandError::none;  // CONS.ERR; keeps its value after the error is acknowledged
  Backlog backlog;

  // Consumes the command at CONS. The caller makes sure that the queue is enabled and has no active error. On `failed`,
  // CONS stays at the command and `error` is set.
  Step step(Bus& bus, CommandExecutor& executor);

  // Reads ahead some commands between CONS and PROD, as hardware may.
  void read_ahead(Bus& bus, Chooser& chooser);
  // Forgets what was read ahead: an error was raised, or the queue disabled, or the indices rewritten.
  void forget() { ahead_.clear(); }

  // Whether PROD and CONS describe a possible state.
  bool consistent() const { return ring.occupied(prod, cons) <= 1u << ring.bits; }

  // How many commands have been read ahead.
  std::size_t ahead() const { return ahead_.size(); }

  std::uint64_t executed() const { return executed_; }

 private:
  bool fetch(Bus& bus, std::uint32_t index, Command& command) const;

  std::deque<Command> ahead_;  // the commands from CONS on
  std::uint64_t executed_ = 0;
};

}  // namespace hw::smmu
