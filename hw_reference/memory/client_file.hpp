// SPDX-License-Identifier: Apache-2.0
// A file whose pages can be mapped for devices: one in memory (a memfd), or one of another kind, which cannot be
// pinned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "hw_reference/memory/physical_memory.hpp"
#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Offsets and sizes are in bytes. Pages get frames when they are first written or pinned, and keep them until a
// truncation or the end of the file; pinned frames outlive both. Everything is protected by the mutex of the physical
// memory.
class ClientFile final : public PinSource {
 public:
  enum class Kind : std::uint8_t { memory, other };

  ClientFile(PhysicalMemory& physical, std::uint64_t size, Kind kind = Kind::memory)
      : physical_(physical), kind_(kind), size_(size) {}
  ~ClientFile() override;
  ClientFile(const ClientFile&) = delete;
  ClientFile& operator=(const ClientFile&) = delete;

  // EINVAL: not a file in memory, beyond 2^63 - 1, or the last byte of the last page is not inside the file; ENOMEM:
  // too few frames. Writable or not makes no difference.
  int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) override;
  void unpin(const Frame* frames, std::uint64_t pages) override { physical_.unpin(frames, pages); }

  void truncate(std::uint64_t size);

  // EFAULT: not inside the file; ENOMEM: too few frames (write).
  int read(std::uint64_t offset, std::span<std::byte> to) const;
  int write(std::uint64_t offset, std::span<const std::byte> from);

  // How often the page of `offset` is pinned; 0 where it has no frame.
  std::uint32_t pins(std::uint64_t offset) const;
  // The frame behind the page of `offset`, if it has one.
  std::optional<Frame> frame_of(std::uint64_t offset) const;

  int copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) override {
    physical_.copy(frame, at, bytes, to, from);
    return 0;
  }

 private:
  bool inside(std::uint64_t offset, std::uint64_t length) const { return length <= size_ && offset <= size_ - length; }
  std::optional<Frame> obtain(std::uint64_t page);
  void give_up(std::uint64_t from_page);

  PhysicalMemory& physical_;
  const Kind kind_;
  std::uint64_t size_;
  std::map<std::uint64_t, Frame> frames_;  // by page
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
