// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/cmdqv/filter.hpp"

namespace hw::cmdqv {

using smmu::Command;
using smmu::CommandError;
using smmu::Opcode;

std::optional<std::uint32_t> QueueOwner::physical(std::uint32_t virtual_sid) const {
  for (const SidPair& pair : sids) {
    if (pair.enabled && pair.virtual_sid == virtual_sid) return pair.physical_sid;
  }
  return std::nullopt;
}

bool guest_may_issue(const Command& command) {
  switch (command.opcode()) {
    case Opcode::tlbi_nh_asid:
    case Opcode::tlbi_nh_va:
    case Opcode::atc_inv:
      return true;
    case Opcode::sync:
      return command.completion_signal() == smmu::kSignalNone;
    default:
      return false;
  }
}

std::variant<Command, CommandError> admit(const Command& command, const QueueOwner& owner) {
  if (owner.hypervisor) {
    const bool silent = command.opcode() != Opcode::sync || command.completion_signal() == smmu::kSignalNone;
    if (!silent) return CommandError::illegal;
    return command;
  }
  if (!guest_may_issue(command)) return CommandError::illegal;
  Command changed = command;
  switch (command.opcode()) {
    case Opcode::tlbi_nh_asid:
    case Opcode::tlbi_nh_va:
      changed.low = with_field(command.low, 47, 32, owner.vmid);
      return changed;
    case Opcode::atc_inv: {
      const auto sid = owner.physical(command.stream());
      if (!sid) return CommandError::access;
      changed.low = with_field(command.low, 63, 32, *sid);
      return changed;
    }
    default:
      return changed;
  }
}

}  // namespace hw::cmdqv
