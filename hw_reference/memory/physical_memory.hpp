// SPDX-License-Identifier: Apache-2.0
// Simulated physical memory: frames of 4096 bytes with pin counts. Frames have no content yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

inline constexpr std::uint64_t kPageSize = 4096;  // bytes in a page of the CPU, and in a frame
inline constexpr unsigned kPageShift = 12;

using Frame = std::uint32_t;  // its physical address is frame * kPageSize

// mutex: protects everything here, and the address spaces that are made of these frames (ClientMemory). It is the
// innermost lock: nothing else is taken under it.
class PhysicalMemory {
 public:
  explicit PhysicalMemory(std::size_t frames);
  PhysicalMemory(const PhysicalMemory&) = delete;
  PhysicalMemory& operator=(const PhysicalMemory&) = delete;

  std::size_t free_frames() const;
  std::uint64_t total_pins() const;  // the sum over all frames; walks them all

 private:
  friend class ClientMemory;
  static constexpr std::uint64_t kNoAddress = ~std::uint64_t{0};

  void free_if_unused(Frame frame) {
    if (pins_[frame] == 0 && address_[frame] == kNoAddress) free_.push_back(frame);
  }

  mutable std::mutex mutex_;
  std::vector<std::uint32_t> pins_;     // per frame
  std::vector<std::uint64_t> address_;  // per frame: the client address that maps it, or kNoAddress
  std::vector<Frame> free_;             // capacity for all frames, so that giving back never allocates
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
