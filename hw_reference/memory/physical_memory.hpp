// SPDX-License-Identifier: Apache-2.0
// Simulated physical memory: frames of 4096 bytes with pin counts and content.
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

// mutex: protects everything here, and the address spaces and files that are made of these frames (ClientMemory,
// ClientFile). It is the innermost lock: nothing else is taken under it. Only the content of a frame that the caller
// has pinned may be touched without it.
//
// The host provides memory for the content of a frame when it is first touched.
class PhysicalMemory {
 public:
  explicit PhysicalMemory(std::size_t frames);  // throws std::bad_alloc
  ~PhysicalMemory();
  PhysicalMemory(const PhysicalMemory&) = delete;
  PhysicalMemory& operator=(const PhysicalMemory&) = delete;

  std::size_t free_frames() const;
  std::uint64_t total_pins() const;  // the sum over all frames; walks them all

  // The content of a frame, kPageSize bytes; zero when the frame is handed out.
  std::byte* bytes(Frame frame) { return content_ + std::size_t{frame} * kPageSize; }
  // As PinSource has it.
  void copy(Frame frame, std::uint64_t at, std::uint64_t size, std::byte* to, const std::byte* from);

 private:
  friend class ClientMemory;
  friend class ClientFile;
  static constexpr std::uint64_t kNoAddress = ~std::uint64_t{0};  // nothing owns the frame
  static constexpr std::uint64_t kInFile = kNoAddress - 1;        // a file does

  void free_if_unused(Frame frame) {
    if (pins_[frame] == 0 && address_[frame] == kNoAddress) free_.push_back(frame);
  }
  void clean(Frame frame);
  void unpin(const Frame* frames, std::uint64_t pages);

  mutable std::mutex mutex_;
  std::vector<std::uint32_t> pins_;     // per frame
  std::vector<std::uint64_t> address_;  // per frame: the client address that maps it, kInFile or kNoAddress
  std::vector<bool> touched_;           // per frame: handed out before, so it may not be zero
  std::vector<Frame> free_;             // capacity for all frames, so that giving back never allocates
  std::byte* content_;                  // of the host; reserved, not committed
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
