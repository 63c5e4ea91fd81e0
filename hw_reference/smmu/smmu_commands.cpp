// SPDX-License-Identifier: Apache-2.0
// What commands do, and when they are complete (Arm IHI 0070, 4).
#include <algorithm>

#include "hw_reference/smmu/invalidate.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

CommandError Smmu::execute(const Command& command, Backlog& backlog) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  const CommandError error = execute_locked(command, backlog);
  tick_locked(false);
  return error;
}

void Smmu::watch(Backlog& backlog) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  watched_.push_back(&backlog);
}

void Smmu::unwatch(Backlog& backlog) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  std::erase(watched_, &backlog);
}

void Smmu::abandon(Backlog& backlog, bool abandoned) {
  std::lock_guard lock(mutex_);
  const InsideHardware inside;
  backlog.abandoned = abandoned;
}

CommandError Smmu::execute_locked(const Command& command, Backlog& backlog) {
  if (const CommandError error = check(command, features_); error != CommandError::none) return error;
  switch (command.opcode()) {
    case Opcode::sync:
      return synchronise(command, backlog);
    case Opcode::atc_inv:
      invalidate_endpoints(command, backlog);
      break;
    case Opcode::prefetch_config:
    case Opcode::prefetch_address:
      prefetch(command);
      break;
    case Opcode::pri_resp:
      answer_pages(command);
      break;
    case Opcode::resume:
      resume(command);
      break;
    case Opcode::stall_term:
      terminate_stalls(command.stream());
      break;
    default:
      // Consumed is not complete: until the CMD_SYNC the entries may still be there.
      backlog.late.push_back(command);
      if (!chooser_.chance(policy_.delay)) complete(backlog);
      break;
  }
  return CommandError::none;
}

void Smmu::complete(Backlog& backlog) {
  for (const Command& command : backlog.late) invalidate(command, features_, stream_table(), translator_);
  backlog.late.clear();
}

CommandError Smmu::synchronise(const Command& command, Backlog& backlog) {
  complete(backlog);
  // Transactions that used what is gone, and their events, become visible before the SYNC does.
  drain_posted(true);
  commit_events(true);
  settle_stalls();
  if (&backlog == &commands_.backlog) {
    for (Backlog* other : watched_) {
      if (!other->abandoned) continue;
      complete(*other);
      other->atc_timed_out = false;
    }
  }
  if (backlog.atc_timed_out) {
    backlog.atc_timed_out = false;
    return CommandError::atc_inv_sync;
  }
  if (command.completion_signal() == kSignalInterrupt) {
    if (features_.msi && command.msi_address() != 0) {
      send_msi(command.msi_address(), command.msi_data(), gerror::kMsiCommandAbort);
    }
    interrupt(Interrupt::command_sync);
  }
  return CommandError::none;
}

void Smmu::invalidate_endpoints(const Command& command, Backlog& backlog) {
  if (!enabled(cr0::kSmmuEnable)) return;
  const auto endpoint = endpoints_.find(command.stream());
  if (endpoint == endpoints_.end()) return;
  std::optional<SubstreamId> substream;
  if (command.has_substream()) substream = command.substream();
  const unsigned log2_bytes = 12 + command.atc_size();
  const std::uint64_t first = log2_bytes >= 64 ? 0 : align_down(command.address(), 1ull << log2_bytes);
  const std::uint64_t last = log2_bytes >= 64 ? ~0ull : first + low_bits(log2_bytes);
  const bool answered = endpoint->second->invalidate(substream, command.atc_global(), first, last);
  if (!answered) backlog.atc_timed_out = true;
}

void Smmu::prefetch(const Command& command) {
  if (!enabled(cr0::kSmmuEnable)) return;
  Transaction transaction{.stream = command.stream()};
  if (command.has_substream()) transaction.substream = command.substream();
  if (command.opcode() == Opcode::prefetch_config) return translator_.fetch_ahead(stream_table(), transaction);
  transaction.address = command.address();
  (void)translator_.translate(stream_table(), transaction, true);
}

}  // namespace hw::smmu
