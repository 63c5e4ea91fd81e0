// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/own_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <utility>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

bool lies_in_memory(int fd) {
  struct statfs system {};
  if (fstatfs(fd, &system) != 0) return false;
  const auto magic = static_cast<unsigned long>(system.f_type);
  return magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC;
}

}  // namespace

Result<std::shared_ptr<OwnFile>> OwnFile::open(OwnFrames& frames, int fd) {
  // One look at `fd`: another thread may close it, and open something else.
  int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return {errno, nullptr};
  const int flags = fcntl(own, F_GETFL);
  struct stat file {};
  if ((flags & O_PATH) != 0 || fstat(own, &file) != 0) {
    ::close(own);
    return {EBADF, nullptr};
  }
  const bool in_memory = lies_in_memory(own);
  // Pages are pinned whatever the file was opened for, so it is opened once more.
  if (in_memory && (flags & O_ACCMODE) != O_RDWR) {
    std::array<char, 32> path;
    std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", own);
    const int both = ::open(path.data(), O_RDWR | O_CLOEXEC);
    if (both >= 0) ::close(std::exchange(own, both));
  }
  try {
    return {0, std::shared_ptr<OwnFile>(new OwnFile(frames, own, in_memory, {file.st_dev, file.st_ino}))};
  } catch (const std::bad_alloc&) {
    ::close(own);
    throw;
  }
}

OwnFile::~OwnFile() { ::close(fd_); }

int OwnFile::pin_pages(std::uint64_t first, std::uint64_t pages, Frame* frames, bool) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << (63 - kPageShift);
  struct stat file {};
  if (!in_memory_ || first >= kLimit || pages > kLimit - first || fstat(fd_, &file) != 0) return EINVAL;
  if (((first + pages) << kPageShift) > static_cast<std::uint64_t>(file.st_size)) return EINVAL;
  return frames_.pin(*this, first, pages, frames);
}

int OwnFile::copy(Frame frame, std::uint64_t at, std::uint64_t bytes, std::byte* to, const std::byte* from) {
  const auto page = frames_.page_of(frame);
  if (!page) return EFAULT;
  const auto offset = static_cast<off_t>((page->number << kPageShift) + at);
  const ssize_t moved = to != nullptr ? pread(fd_, to, bytes, offset) : pwrite(fd_, from, bytes, offset);
  return moved == static_cast<ssize_t>(bytes) ? 0 : EFAULT;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
