// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/dma_buffer.hpp"

#include <cerrno>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<std::shared_ptr<DmaBuffer>> DmaBuffer::make(Frame first, std::uint64_t bytes) {
  if (bytes == 0 || bytes > kMostPages * kPageSize) return {EINVAL, nullptr};
  const std::uint64_t pages = (bytes + (kPageSize - 1)) >> kPageShift;
  return {0, std::shared_ptr<DmaBuffer>(new DmaBuffer(first, pages))};
}

void DmaBuffer::revoke(bool revoked) {
  const std::uint64_t lowest = revoked ? 1 : 0;
  std::uint64_t now = state_.load(std::memory_order_relaxed);
  while (!state_.compare_exchange_weak(now, ((now | 1) + 1) | lowest, std::memory_order_acq_rel)) {
  }
}

Result<std::uint64_t> DmaBuffer::hand_over(std::uint64_t start, std::uint64_t length) const {
  const std::uint64_t bytes = pages_ << kPageShift;
  if (length > bytes || start > bytes - length) return {EINVAL, 0};
  const std::uint64_t now = state_.load(std::memory_order_acquire);
  if (now % 2 != 0) return {ENODEV, 0};
  return {0, now};
}

int DmaBuffer::pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool) {
  if (first >= pages_ || pages > pages_ - first) return EINVAL;
  for (std::uint64_t i = 0; i < pages; ++i) frames[i] = static_cast<Frame>(first_ + first + i);
  return 0;
}

int DmaBuffer::copy(Frame, std::uint64_t, std::uint64_t, std::byte*, const std::byte*) { return EFAULT; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
