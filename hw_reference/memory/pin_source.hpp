// SPDX-License-Identifier: Apache-2.0
// Memory that can be pinned: the address space of a client, or a file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hw_reference/memory/physical_memory.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Pages are numbered from the start of the address space or of the file. Every call may be made from any thread.
class PinSource {
 public:
  virtual ~PinSource() = default;

  // Pins pages first..first+pages-1 and stores their frames: all, or none with an errno. `write`: they must be
  // writable.
  virtual int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) = 0;

  // Lets go of frames that pin_pages stored, once. Never fails.
  virtual void unpin(const Frame* frames, std::uint64_t pages) = 0;

  // Copies bytes of a frame that is pinned, from `at` on and not beyond its end, as the CPU reads (`to`) or writes
  // (`from`) them; one of both is null. EFAULT: the host cannot reach it any more.
  virtual int copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) = 0;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
