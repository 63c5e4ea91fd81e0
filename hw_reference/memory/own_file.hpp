// SPDX-License-Identifier: Apache-2.0
// A file of the process that this program is, whose pages can be mapped for devices.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <memory>

#include "hw_reference/memory/own_frames.hpp"
#include "hw_reference/memory/pin_source.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Offsets are in bytes. Unlike a kernel's, a pin does not keep a page that the file is cut off at, and a page that is
// mapped into memory too has another frame there. May be called from any thread.
class OwnFile final : public PinSource {
 public:
  // The same for all descriptors of one file.
  struct Identity {
    dev_t device;
    ino_t number;
    friend auto operator<=>(const Identity&, const Identity&) = default;
  };
  const Identity identity;

  // Keeps a descriptor of its own. EBADF: `fd` is not open for anything; EMFILE.
  static Result<std::shared_ptr<OwnFile>> open(OwnFrames& frames, int fd);
  ~OwnFile() override;
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;

  // EINVAL: not a file in memory (tmpfs, memfd, hugetlbfs), beyond 2^63 - 1, or the last byte of the last page is not
  // inside the file; ENOMEM. What the file was opened for makes no difference.
  int pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool write) override;
  void unpin(const Frame* frames, std::uint64_t pages) override { frames_.unpin(frames, pages); }
  int copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) override;

  std::uint32_t pins(std::uint64_t offset) const { return frames_.pins({this, offset >> kPageShift}); }

 private:
  OwnFile(OwnFrames& frames, int fd, bool in_memory, const Identity& which)
      : identity(which), frames_(frames), fd_(fd), in_memory_(in_memory) {}

  OwnFrames& frames_;
  const int fd_;
  const bool in_memory_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
