// SPDX-License-Identifier: Apache-2.0
// Work is counted in calls of the model, never in seconds: equal laws give equal suites on every machine.
#pragma once

#include <cstdint>

namespace iolaw {

class Budget {
 public:
  explicit Budget(std::uint64_t calls) : left_(calls) {}

  // False, from then on, once the budget is used up.
  bool spend(std::uint64_t calls = 1) {
    spent_ += calls;
    left_ = left_ > calls ? left_ - calls : 0;
    return left_ > 0;
  }
  bool exhausted() const { return left_ == 0; }
  std::uint64_t left() const { return left_; }
  std::uint64_t spent() const { return spent_; }

 private:
  std::uint64_t left_;
  std::uint64_t spent_ = 0;
};

}  // namespace iolaw
