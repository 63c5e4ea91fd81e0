// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/cmdqv/trapped.hpp"

namespace hw::cmdqv {

using smmu::Command;
using smmu::Opcode;

namespace {

constexpr std::uint64_t bits(unsigned last, unsigned first) { return in_field(~0ull, last, first); }

constexpr std::uint64_t kOpcode = bits(7, 0), kSid = bits(63, 32), kSsid = bits(31, 12);
constexpr std::uint64_t kVmid = bits(47, 32), kAsid = bits(63, 48);
constexpr std::uint64_t kRangeLow = bits(16, 12) | bits(24, 20), kRangeHigh = bits(11, 8);

// The bits that a guest may set.
struct Mask {
  std::uint64_t low, high;
};

std::optional<Mask> allowed(Opcode opcode) {
  switch (opcode) {
    case Opcode::tlbi_nsnh_all:
      return Mask{kOpcode, 0};
    case Opcode::tlbi_nh_all:
      return Mask{kOpcode | kVmid, 0};
    case Opcode::tlbi_nh_asid:
      return Mask{kOpcode | kVmid | kAsid, 0};
    case Opcode::tlbi_nh_va:
      return Mask{kOpcode | kVmid | kAsid | kRangeLow, 1 | kRangeHigh | bits(63, 12)};
    case Opcode::tlbi_nh_vaa:
      return Mask{kOpcode | kVmid | kRangeLow, 1 | kRangeHigh | bits(63, 12)};
    case Opcode::atc_inv:
      return Mask{kOpcode | bits(9, 9) | bits(11, 11) | kSsid | kSid, bits(5, 0) | bits(63, 12)};
    case Opcode::cfgi_cd:
      return Mask{kOpcode | kSsid | kSid, 1};
    case Opcode::cfgi_cd_all:
      return Mask{kOpcode | kSid, 0};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Command> convert_trapped(const Command& command, const QueueOwner& owner,
                                       const smmu::Features& features) {
  const auto mask = allowed(command.opcode());
  if (!mask || (command.low & ~mask->low) || (command.high & ~mask->high)) return std::nullopt;
  Command changed = command;
  switch (command.opcode()) {
    case Opcode::tlbi_nsnh_all:
      changed = smmu::command::tlbi_nh_all(owner.vmid);  // all that the guest could mean is its own
      break;
    case Opcode::atc_inv:
    case Opcode::cfgi_cd:
    case Opcode::cfgi_cd_all: {
      const auto sid = owner.physical(command.stream());
      if (!sid) return std::nullopt;
      changed.low = with_field(command.low, 63, 32, *sid);
      break;
    }
    default:
      changed.low = with_field(command.low, 47, 32, owner.vmid);
      break;
  }
  if (smmu::check(changed, features) != smmu::CommandError::none) return std::nullopt;
  return changed;
}

}  // namespace hw::cmdqv
