// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/ring_queue.hpp"

#include <algorithm>

namespace hw::domain {

namespace {

constexpr std::uint32_t kIndexMask = 0xf'ffff;

}  // namespace

void RingQueue::put(const smmu::Command& command) {
  bus_.write64(slot(prod_), command.low);
  bus_.write64(slot(prod_) + 8, command.high);
  prod_ = (prod_ + 1) & mask();
}

// The queue has stopped at CONS. An illegal command is overwritten by a CMD_SYNC; the others are tried again by
// acknowledging (linux drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c, __arm_smmu_cmdq_skip_err).
void RingQueue::handle_error(SendResult& result) {
  const std::uint32_t cons = registers_.read_cons();
  const auto error = static_cast<smmu::CommandError>(cons >> 24 & 0x7f);
  if (error == smmu::CommandError::atc_inv_sync) {
    result = std::max(result, SendResult::timed_out);
  } else if (error != smmu::CommandError::none) {
    result = std::max(result, SendResult::illegal);
    const smmu::Command sync = smmu::command::sync();
    bus_.write64(slot(cons), sync.low);
    bus_.write64(slot(cons) + 8, sync.high);
  }
  registers_.write_gerrorn(registers_.read_gerrorn() ^ 1U);
}

// Until at most `most` entries wait.
bool RingQueue::wait(std::uint32_t most, SendResult& result) {
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if (waiting(registers_.read_cons() & kIndexMask) <= most) return true;
    if (((registers_.read_gerror() ^ registers_.read_gerrorn()) & 1U) != 0) handle_error(result);
  }
  result = SendResult::failed;
  return false;
}

SendResult RingQueue::send(std::span<const smmu::Command> commands) {
  SendResult result = SendResult::done;
  std::lock_guard lock(mutex_);
  const std::uint32_t room = mask() >> 1;  // one slot stays for the CMD_SYNC
  for (const smmu::Command& command : commands) {
    if (waiting(registers_.read_cons() & kIndexMask) >= room) {
      registers_.write_prod(prod_);
      if (!wait(room / 2, result)) return result;
    }
    put(command);
  }
  put(smmu::command::sync());
  registers_.write_prod(prod_);
  wait(0, result);
  return result;
}

}  // namespace hw::domain
