// SPDX-License-Identifier: Apache-2.0
// Small numbers to give out: from 1 upwards, the lowest free one first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Not synchronized.
class IdPool {
 public:
  // Throws std::bad_alloc, and then nothing has changed.
  std::uint32_t take() {
    if (!free_.empty()) {
      std::pop_heap(free_.begin(), free_.end(), std::greater<>());
      const std::uint32_t id = free_.back();
      free_.pop_back();
      return id;
    }
    // Room for every number in use, so that giving back never allocates.
    if (free_.capacity() < next_) free_.reserve(2 * std::size_t{next_});
    return next_++;
  }

  std::size_t in_use() const { return next_ - 1 - free_.size(); }

  void give_back(std::uint32_t id) {
    free_.push_back(id);
    std::push_heap(free_.begin(), free_.end(), std::greater<>());
  }

 private:
  std::uint32_t next_ = 1;           // never given out
  std::vector<std::uint32_t> free_;  // a heap with the lowest on top
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
