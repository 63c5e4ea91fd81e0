// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/memory/own_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <string>

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
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0) return {EBADF, nullptr};
  const bool in_memory = lies_in_memory(fd);
  // Pages are pinned whatever the file was opened for, so it is opened once more.
  int own = -1;
  if (in_memory && (flags & O_ACCMODE) != O_RDWR)
    own = ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC);
  if (own < 0) own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return {errno, nullptr};
  try {
    return {0, std::shared_ptr<OwnFile>(new OwnFile(frames, own, in_memory))};
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
