// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tools/ports/dev_iommu/system_calls.hpp"

namespace iolaw::dev_iommu {
namespace {

template <class Number>
Number or_errno(Number result) {
  return result < 0 ? -errno : result;
}

class LinuxSystemCalls final : public SystemCalls {
 public:
  int open(const char* path) override { return or_errno(::open(path, O_RDWR | O_CLOEXEC)); }
  int close(int fd) override { return or_errno(::close(fd)); }
  long ioctl(int fd, unsigned long command, std::uint64_t argument) override {
    return or_errno<long>(::ioctl(fd, command, argument));
  }
  long read(int fd, void* buffer, std::size_t bytes) override { return or_errno<long>(::read(fd, buffer, bytes)); }
  long write(int fd, const void* buffer, std::size_t bytes) override {
    return or_errno<long>(::write(fd, buffer, bytes));
  }
  std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) override {
    void* const memory = ::mmap(nullptr, length, protection, flags, fd, static_cast<off_t>(offset));
    return memory == MAP_FAILED ? -errno : static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(memory));
  }
  int munmap(const Mapped& mapping) override { return or_errno(::munmap(mapping.address, mapping.length)); }
  int fork(const Mapped& kept, std::span<const Mapped> others) override;
  void end(int child) override {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
};

int LinuxSystemCalls::fork(const Mapped&, std::span<const Mapped> others) {
  int ready[2];
  if (pipe(ready) != 0) return -errno;
  const pid_t parent = getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    for (const Mapped& other : others) ::munmap(other.address, other.length);
    // Other files would keep what they stand for alive in the kernel.
    for (int fd = 3; fd < 1024; ++fd) {
      if (fd != ready[1]) ::close(fd);
    }
    const char byte = 1;
    if (::write(ready[1], &byte, 1) != 1) _exit(1);
    for (;;) pause();
  }
  ::close(ready[1]);
  char byte = 0;
  const bool started = child > 0 && ::read(ready[0], &byte, 1) == 1;
  ::close(ready[0]);
  return started ? child : -EAGAIN;
}

}  // namespace

std::unique_ptr<SystemCalls> linux_system_calls() { return std::make_unique<LinuxSystemCalls>(); }

}  // namespace iolaw::dev_iommu
