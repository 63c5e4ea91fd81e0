// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/physical_memory.hpp"

#include <numeric>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

PhysicalMemory::PhysicalMemory(std::size_t frames) : pins_(frames, 0), address_(frames, kNoAddress), free_(frames) {
  // The lowest frame is handed out first.
  std::iota(free_.rbegin(), free_.rend(), Frame{0});
}

std::size_t PhysicalMemory::free_frames() const {
  std::lock_guard lock(mutex_);
  return free_.size();
}

std::uint64_t PhysicalMemory::total_pins() const {
  std::lock_guard lock(mutex_);
  return std::accumulate(pins_.begin(), pins_.end(), std::uint64_t{0});
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
