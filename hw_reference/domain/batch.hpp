// SPDX-License-Identifier: Apache-2.0
// Commands that are sent together, through a queue of the driver's own where that takes them.
#pragma once

#include <array>
#include <cstddef>

#include "hw_reference/domain/command_sink.hpp"

namespace hw::domain {

// Which queues there are. `fast` may be null; what it does not take goes to `main`.
struct Queues {
  CommandSink* main = nullptr;
  CommandSink* fast = nullptr;
};

// Not synchronized. At most kMost commands are on their way before they are waited for. Where two commands that follow
// each other go to different queues, the first queue is waited for: queues do not order each other.
class Batch {
 public:
  static constexpr std::size_t kMost = 64;

  explicit Batch(const Queues& queues) : queues_(queues) {}

  void add(const smmu::Command& command);
  // Sends what was added and waits for it: all that was added so far has completed.
  void wait();
  SendResult result() const { return result_; }  // the worst so far

 private:
  const Queues queues_;
  CommandSink* target_ = nullptr;
  std::array<smmu::Command, kMost> commands_;  // never more, so that nothing is allocated: an unmap must not fail
  std::size_t count_ = 0;
  SendResult result_ = SendResult::done;
};

}  // namespace hw::domain
