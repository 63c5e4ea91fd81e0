// SPDX-License-Identifier: Apache-2.0
// The memory of the process that this program is, as a kernel would find it: by any address, good or bad.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "hw_reference/memory/client.hpp"
#include "hw_reference/memory/own_frames.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Whether an address is memory is asked of the host's kernel at each call, so a bad one is an errno and never a signal.
// Unlike a kernel's, a pin does not keep a page: when the process takes the page away, what is reached through the pin
// is what is at that address then. Two addresses of one page are two frames.
//
// May be called from any thread; `only` before the first pin.
class OwnMemory final : public Client {
 public:
  // Throws std::runtime_error if the host's kernel cannot tell what is writable (Linux before 5.14).
  explicit OwnMemory(OwnFrames& frames);

  // From now on nothing but first..last, closed, can be pinned.
  void only(std::uint64_t first, std::uint64_t last) {
    first_ = first;
    last_ = last;
  }

  // EFAULT: a page is missing, or not writable if `write`; ENOMEM.
  int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) override;
  void unpin(const Frame* frames, std::uint64_t pages) override { frames_.unpin(frames, pages); }
  int copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) override;

  // How often the page of `address` is pinned.
  std::uint32_t pins(std::uint64_t address) const { return frames_.pins({this, address >> kPageShift}); }

  // As a kernel copies from and to its user: 0 or EFAULT, and then some of it may have been copied.
  static int read(std::uint64_t address, std::span<std::byte> to);
  static int write(std::uint64_t address, std::span<const std::byte> from);

  // Whether a page can be read, or also written. Brings it into memory.
  static bool present(std::uint64_t page, std::uint64_t pages, bool write);

 private:
  OwnFrames& frames_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = ~std::uint64_t{0};
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
