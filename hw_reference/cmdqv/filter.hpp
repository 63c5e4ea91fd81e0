// SPDX-License-Identifier: Apache-2.0
// What a queue of CMDQV may ask of the SMMU.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "hw_reference/cmdqv/registers.hpp"
#include "hw_reference/smmu/command.hpp"

namespace hw::cmdqv {

// A virtual StreamID of a VM, and the physical one that it stands for.
struct SidPair {
  bool enabled = false;
  std::uint32_t virtual_sid = 0;   // 20 bits
  std::uint32_t physical_sid = 0;  // 20 bits
  bool operator==(const SidPair&) const = default;
};

struct QueueOwner {
  bool hypervisor = false;
  std::uint16_t vmid = 0;
  std::array<SidPair, kMaxSids> sids{};

  std::optional<std::uint32_t> physical(std::uint32_t virtual_sid) const;
};

// The command as the SMMU is to execute it, or why it must not. The hypervisor's commands pass as they are; a guest's
// TLBIs are for its own VMID whatever they say, and its ATC_INVs for its own devices only. No queue of CMDQV signals
// completion other than by CONS, so any other CMD_SYNC is illegal.
std::variant<smmu::Command, smmu::CommandError> admit(const smmu::Command& command, const QueueOwner& owner);

// Whether a guest's queue takes such a command at all; a guest's driver sends the others to the SMMU's own queue.
bool guest_may_issue(const smmu::Command& command);

}  // namespace hw::cmdqv
