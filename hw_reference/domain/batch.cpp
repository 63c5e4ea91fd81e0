// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/batch.hpp"

#include <algorithm>

namespace hw::domain {

void Batch::add(const smmu::Command& command) {
  CommandSink* const target =
      queues_.fast != nullptr && queues_.fast->takes(command.opcode()) ? queues_.fast : queues_.main;
  if (target != target_ || commands_.size() == kMost) wait();
  target_ = target;
  commands_.push_back(command);
}

void Batch::wait() {
  if (commands_.empty()) return;
  result_ = std::max(result_, target_->send(commands_));
  commands_.clear();
}

}  // namespace hw::domain
