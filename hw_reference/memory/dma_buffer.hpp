// SPDX-License-Identifier: Apache-2.0
// A DMA buffer: memory of one device that others reach, handed over as a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Its frames are adjacent and lie where its device has them; they are nobody's memory, and the CPU does not reach them.
// Nothing is counted for them. May be called from any thread.
class DmaBuffer final : public PinSource {
 public:
  static constexpr std::uint64_t kMostPages = 512;  // of Linux's test driver

  // As many whole pages as `bytes` need, from the frame `first` on. EINVAL: none, or more than kMostPages. Throws
  // std::bad_alloc.
  static Result<std::shared_ptr<DmaBuffer>> make(Frame first, std::uint64_t bytes);

  std::uint64_t pages() const { return pages_; }

  // The device takes its memory back, or offers it again. Either way what has been handed over leads to nothing from
  // now on.
  void revoke(bool revoked);

  // Hands over the bytes start..start+length-1, which do not wrap around: the number by which `reaches` knows it.
  // EINVAL: beyond the end; ENODEV: the device has taken its memory back.
  Result<std::uint64_t> hand_over(std::uint64_t start, std::uint64_t length) const;
  // Whether what was handed over leads to the memory still.
  bool reaches(std::uint64_t handed_over) const { return state_.load(std::memory_order_acquire) == handed_over; }

  // EINVAL: beyond the end.
  int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) override;
  void unpin(const Frame*, std::uint64_t) override {}
  int copy(Frame, std::uint64_t, std::uint64_t, std::byte*, const std::byte*) override;  // EFAULT

 private:
  DmaBuffer(Frame first, std::uint64_t pages) : first_(first), pages_(pages) {}

  const Frame first_;
  const std::uint64_t pages_;
  std::atomic<std::uint64_t> state_{0};  // how often it was revoked or offered again, times two; odd: it is revoked
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
