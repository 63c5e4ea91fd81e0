// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/batch.hpp"

#include <algorithm>

namespace hw::domain {

void Batch::add(const smmu::Command& command) {
  CommandSink* const target =
      queues_.fast != nullptr && queues_.fast->takes(command.opcode()) ? queues_.fast : queues_.main;
  if (target != target_ || count_ == kMost) wait();
  target_ = target;
  commands_[count_++] = command;
}

void Batch::wait() {
  if (count_ == 0) return;
  result_ = std::max(result_, target_->send({commands_.data(), count_}));
  count_ = 0;
}

}  // namespace hw::domain
