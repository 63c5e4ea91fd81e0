// SPDX-License-Identifier: Apache-2.0
// VMIDs and ASIDs to give out.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace hw::domain {

// mutex: protects everything. Numbers 1..2^bits-1, the lowest free one; 0 is for streams without stage 2. A number that
// is given back must have no entry left in any cache.
class NumberPool {
 public:
  explicit NumberPool(unsigned bits) : used_((std::size_t{1} << bits) / 64, 0) { used_[0] = 1; }

  // Empty: all are in use.
  std::optional<std::uint16_t> take() {
    std::lock_guard lock(mutex_);
    for (; first_ < used_.size(); ++first_) {
      const std::uint64_t free = ~used_[first_];
      if (free == 0) continue;
      used_[first_] |= free & -free;
      return static_cast<std::uint16_t>(64 * first_ + static_cast<unsigned>(__builtin_ctzll(free)));
    }
    return std::nullopt;
  }
  void give_back(std::uint16_t number) {
    std::lock_guard lock(mutex_);
    used_[number / 64] &= ~(std::uint64_t{1} << number % 64);
    if (number / 64 < first_) first_ = number / 64;
  }

 private:
  std::mutex mutex_;
  std::vector<std::uint64_t> used_;  // a bit for each
  std::size_t first_ = 0;            // no word below has a free bit
};

}  // namespace hw::domain
