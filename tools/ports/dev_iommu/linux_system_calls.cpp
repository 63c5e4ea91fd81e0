// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/ports/dev_iommu/privileges.hpp"
#include "tools/ports/dev_iommu/struct_memory.hpp"
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
  int mprotect(const Mapped& mapping, int protection) override {
    return or_errno(::mprotect(mapping.address, mapping.length, protection));
  }
  long ioctl_elsewhere(int fd, unsigned long command, void* argument) override;
  long ioctl_unanswered(int fd, unsigned long command, const void* argument) override;
  int readable(int fd) override {
    pollfd file{fd, POLLIN, 0};
    const int count = or_errno(::poll(&file, 1, 0));
    return count < 0 ? count : (file.revents & POLLIN) != 0;
  }
  int fork(const Mapped& kept, std::span<const Mapped> others) override;
  void end(int child) override {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  bool limit(std::uint64_t bytes) override { return privileges_.limit(bytes); }
  void unlimit() override { privileges_.restore(); }

 private:
  Privileges privileges_;
};

constexpr std::size_t kPage = 4096;

std::uint32_t size_of(const void* argument) {
  std::uint32_t size = 0;
  std::memcpy(&size, argument, sizeof(size));
  return size;
}

// What the other process writes has to be seen here.
struct Shared {
  long result;
  alignas(64) unsigned char argument[kPage - 64];
};

Shared* shared_with_children() {
  static void* const memory = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<Shared*>(memory);
}

long LinuxSystemCalls::ioctl_elsewhere(int fd, unsigned long command, void* argument) {
  Shared* const shared = shared_with_children();
  const std::uint32_t size = size_of(argument);
  if (shared == nullptr || size > sizeof(shared->argument)) return -ENOMEM;
  std::memcpy(shared->argument, argument, size);
  // Files are shared, so that those which the call opens are open here.
  const long child = syscall(SYS_clone, CLONE_FILES | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) {
    shared->result = or_errno<long>(::ioctl(fd, command, shared->argument));
    _exit(0);
  }
  if (child < 0) return -errno;
  waitpid(static_cast<pid_t>(child), nullptr, 0);
  std::memcpy(argument, shared->argument, size);
  return shared->result;
}

long LinuxSystemCalls::ioctl_unanswered(int fd, unsigned long command, const void* argument) {
  const std::uint32_t size = size_of(argument);
  const StructMemory memory;
  if (!memory.good() || size > StructMemory::kBytes) return -ENOSYS;
  std::memcpy(memory.begin(), argument, size);
  return or_errno<long>(::ioctl(fd, command, memory.unwritable()));
}

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
    const auto told = static_cast<unsigned>(ready[1]);
    ::close_range(told + 1, ~0U, 0);
    if (told > 3) ::close_range(3, told - 1, 0);
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
