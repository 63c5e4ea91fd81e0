// SPDX-License-Identifier: Apache-2.0
// The address space of one client: which frame is behind each of its pages, and which of them are pinned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/memory/client.hpp"
#include "hw_reference/memory/physical_memory.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Addresses are in bytes, page counts in pages of kPageSize. Everything but `account` is protected by the mutex of the
// physical memory.
class ClientMemory final : public Client {
 public:
  explicit ClientMemory(PhysicalMemory& physical) : physical_(physical) {}
  ~ClientMemory() override;
  ClientMemory(const ClientMemory&) = delete;
  ClientMemory& operator=(const ClientMemory&) = delete;

  // Puts frames behind `pages` pages from `address`, a multiple of kPageSize.
  // EINVAL: not aligned, none, or beyond the address space; EEXIST: some are there already; ENOMEM: too few frames.
  int map(std::uint64_t address, std::uint64_t pages, bool writable = true);

  // Takes away what one call of `map` made. Frames that are pinned stay in use until they are let go.
  // ENOENT: no such region.
  int unmap(std::uint64_t address);

  // Pins a run of pages and stores their frames: all, or none with EFAULT if a page is missing, or if `write` and it is
  // not writable.
  int pin(std::uint64_t address, std::uint64_t pages, Frame* frames, bool write = false);
  int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) override {
    return pin(first << kPageShift, pages, frames, write);
  }

  // Lets go of frames that `pin` returned, once.
  void unpin(const Frame* frames, std::uint64_t pages) override { physical_.unpin(frames, pages); }

  // As the CPU does: all, or EFAULT with nothing done.
  int read(std::uint64_t address, std::span<std::byte> to) const;
  int write(std::uint64_t address, std::span<const std::byte> from);

  // How often the page of `address` is pinned; none if there is no memory.
  std::optional<std::uint32_t> pins(std::uint64_t address) const;

  // The client address of a frame, none if it is not mapped.
  std::optional<std::uint64_t> address_of(Frame frame) const;

  int copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) override {
    physical_.copy(frame, at, bytes, to, from);
    return 0;
  }

 private:
  struct Region {
    std::vector<Frame> frames;
    bool writable;
  };
  using Regions = std::map<std::uint64_t, Region>;  // by the number of the first page

  Regions::const_iterator region_of(std::uint64_t page) const;
  bool covers(std::uint64_t address, std::uint64_t length, bool write) const;
  template <class Visitor>
  void visit(std::uint64_t address, std::uint64_t length, Visitor visitor) const;

  PhysicalMemory& physical_;
  Regions regions_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
