// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/command_queue.hpp"

namespace hw::smmu {

namespace {
constexpr std::uint64_t kCommandBytes = 16;
}

bool CommandQueue::fetch(Bus& bus, std::uint32_t index, Command& command) const {
  const PhysAddr at = base + ring.slot(index) * kCommandBytes;
  const auto low = bus.read64(at);
  const auto high = bus.read64(at + 8);
  if (!low || !high) return false;
  command = {*low, *high};
  return true;
}

CommandQueue::Step CommandQueue::step(Bus& bus, CommandExecutor& executor) {
  if (ring.occupied(prod, cons) == 0 || !consistent()) return Step::idle;
  Command command;
  CommandError result = CommandError::none;
  if (!ahead_.empty()) {
    command = ahead_.front();
    ahead_.pop_front();
  } else if (!fetch(bus, cons, command)) {
    result = CommandError::abort;
  }
  if (result == CommandError::none) result = executor.execute(command, backlog);
  if (result != CommandError::none) {
    error = result;
    forget();
    return Step::failed;
  }
  ++executed_;
  cons = ring.next(cons);
  return Step::consumed;
}

void CommandQueue::read_ahead(Bus& bus, Chooser& chooser) {
  if (!consistent()) return;
  const std::uint32_t present = ring.occupied(prod, cons);
  while (ahead_.size() < present && chooser.chance(192)) {
    Command command;
    if (!fetch(bus, cons + static_cast<std::uint32_t>(ahead_.size()), command)) return;
    ahead_.push_back(command);
  }
}

}  // namespace hw::smmu
