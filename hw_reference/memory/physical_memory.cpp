// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/physical_memory.hpp"

#include <sys/mman.h>

#include <cassert>
#include <cstring>
#include <new>
#include <numeric>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

PhysicalMemory::PhysicalMemory(std::size_t frames)
    : pins_(frames, 0), address_(frames, kNoAddress), touched_(frames, false), free_(frames) {
  // The lowest frame is handed out first.
  std::iota(free_.rbegin(), free_.rend(), Frame{0});
  const std::size_t bytes = frames == 0 ? kPageSize : frames * kPageSize;
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  content_ = static_cast<std::byte*>(memory);
}

PhysicalMemory::~PhysicalMemory() { munmap(content_, pins_.empty() ? kPageSize : pins_.size() * kPageSize); }

std::size_t PhysicalMemory::free_frames() const {
  std::lock_guard lock(mutex_);
  return free_.size();
}

std::uint64_t PhysicalMemory::total_pins() const {
  std::lock_guard lock(mutex_);
  return std::accumulate(pins_.begin(), pins_.end(), std::uint64_t{0});
}

void PhysicalMemory::clean(Frame frame) {
  if (touched_[frame]) std::memset(bytes(frame), 0, kPageSize);
  touched_[frame] = true;
}

void PhysicalMemory::copy(Frame frame, std::uint64_t at, std::uint64_t size, std::byte* to, const std::byte* from) {
  if (to != nullptr) std::memcpy(to, bytes(frame) + at, size);
  if (from != nullptr) std::memcpy(bytes(frame) + at, from, size);
}

void PhysicalMemory::unpin(const Frame* frames, std::uint64_t pages) {
  std::lock_guard lock(mutex_);
  std::uint32_t* const counts = pins_.data();
  for (std::uint64_t i = 0; i < pages; ++i) {
    assert(counts[frames[i]] > 0);
    if (--counts[frames[i]] == 0) free_if_unused(frames[i]);
  }
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
