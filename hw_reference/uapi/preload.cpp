// SPDX-License-Identifier: Apache-2.0
// A shared library for LD_PRELOAD: a program that opens /dev/iommu gets the front door, unchanged and without a kernel
// that has one. All other files stay with the host. What a child process does is not seen by its parent.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstring>

#include "hw_reference/uapi/front_door.hpp"

namespace {

using hw_reference::uapi::FrontDoor;

// Lives as long as the process: files may be closed after the end of main.
FrontDoor& door() {
  static auto* const opened = new FrontDoor;
  return *opened;
}

// While a thread is in the front door, its system calls are those of the front door itself.
thread_local bool inside = false;

class Visit {
 public:
  Visit() { inside = true; }
  ~Visit() { inside = false; }
};

long answer(long result) {
  if (result >= 0) return result;
  errno = static_cast<int>(-result);
  return -1;
}

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Makes a call if the descriptor is one of the front door's. False: it is not, or the front door is asking.
template <class Call>
bool visits(int fd, Call call) {
  if (inside || fd < 0) return false;
  const Visit visit;
  if (!door().owns(fd)) return false;
  call();
  return true;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;
  va_end(rest);
  if (!inside && std::strcmp(path, "/dev/iommu") == 0) {
    const Visit visit;
    return static_cast<int>(answer(door().open(flags)));
  }
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int close(int fd) {
  long result = 0;
  if (visits(fd, [&] { result = door().close(fd); })) return static_cast<int>(answer(result));
  return static_cast<int>(syscall(SYS_close, fd));
}

int dup(int fd) noexcept {
  long result = 0;
  if (visits(fd, [&] { result = door().dup(fd); })) return static_cast<int>(answer(result));
  return static_cast<int>(syscall(SYS_dup, fd));
}

int ioctl(int fd, unsigned long command, ...) noexcept {
  std::va_list rest;
  va_start(rest, command);
  const auto argument = va_arg(rest, unsigned long);
  va_end(rest);
  long result = 0;
  if (visits(fd, [&] { result = door().ioctl(fd, static_cast<unsigned>(command), argument); }))
    return static_cast<int>(answer(result));
  return static_cast<int>(syscall(SYS_ioctl, fd, command, argument));
}

ssize_t read(int fd, void* buffer, std::size_t bytes) {
  long result = 0;
  if (visits(fd, [&] { result = door().read(fd, address(buffer), bytes); })) return answer(result);
  return syscall(SYS_read, fd, buffer, bytes);
}

ssize_t write(int fd, const void* buffer, std::size_t bytes) {
  long result = 0;
  if (visits(fd, [&] { result = door().write(fd, address(buffer), bytes); })) return answer(result);
  return syscall(SYS_write, fd, buffer, bytes);
}

// Of one file: with several a descriptor of the front door never becomes ready.
int poll_of_client(pollfd* files, nfds_t count, int timeout) asm("poll");
int poll_of_client(pollfd* files, nfds_t count, int timeout) {
  const int fd = count == 1 ? files->fd : -1;
  long result = 0;
  if (visits(fd, [&] { result = door().poll(fd); })) {
    files->revents = static_cast<short>(result & (files->events | POLLERR | POLLHUP));
    return files->revents != 0 ? 1 : 0;
  }
  return static_cast<int>(syscall(SYS_poll, files, count, timeout));
}

void* mmap(void* at, std::size_t length, int protection, int flags, int fd, off_t offset) noexcept {
  std::int64_t result = 0;
  if (visits(fd, [&] { result = door().mmap(address(at), length, protection, flags, fd, offset); })) {
    if (answer(result) < 0) return MAP_FAILED;
    return reinterpret_cast<void*>(result);
  }
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, length, protection, flags, fd, offset));
}

void* mmap64(void* at, std::size_t length, int protection, int flags, int fd, off_t offset) noexcept
    __attribute__((alias("mmap")));

int munmap(void* at, std::size_t length) noexcept {
  if (inside) return static_cast<int>(syscall(SYS_munmap, at, length));
  const Visit visit;
  return static_cast<int>(answer(door().munmap(address(at), length)));
}

int mprotect(void* at, std::size_t length, int protection) noexcept {
  if (inside) return static_cast<int>(syscall(SYS_mprotect, at, length, protection));
  const Visit visit;
  return static_cast<int>(answer(door().mprotect(address(at), length, protection)));
}

}  // extern "C"
