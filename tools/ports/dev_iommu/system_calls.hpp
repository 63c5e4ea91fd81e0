// SPDX-License-Identifier: Apache-2.0
// The system calls that reach the implementation under test: those of a real kernel, or of what stands in for one.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "model/port/preemption.hpp"

namespace iolaw::dev_iommu {

// A mapping of this process.
struct Mapped {
  void* address = nullptr;
  std::size_t length = 0;  // bytes
};

// Each call answers as the system call of its name: 0 or more, or a negative errno.
class SystemCalls {
 public:
  virtual ~SystemCalls() = default;

  virtual int open(const char* path) = 0;  // for reading and writing
  virtual int close(int fd) = 0;
  virtual long ioctl(int fd, unsigned long command, std::uint64_t argument) = 0;
  virtual long read(int fd, void* buffer, std::size_t bytes) = 0;
  virtual long write(int fd, const void* buffer, std::size_t bytes) = 0;
  virtual std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) = 0;
  virtual int munmap(const Mapped& mapping) = 0;
  virtual int mprotect(const Mapped&, int) { return -ENOSYS; }

  // The ioctl of a struct whose first 32 bits are its size, made by another process that has the same files, but memory
  // of its own: copies of what this one has, except for what is shared.
  virtual long ioctl_elsewhere(int fd, unsigned long command, void* argument) = 0;

  // The same by this process, but nothing can be written into the struct. ENOSYS: not here.
  virtual long ioctl_unanswered(int, unsigned long, const void*) { return -ENOSYS; }

  // Whether a file can be read from without waiting; or -ENOSYS.
  virtual int readable(int) { return -ENOSYS; }

  // Another process that has the mapping `kept` and neither files nor the mappings `others`: its number, above 0.
  virtual int fork(const Mapped& kept, std::span<const Mapped> others) = 0;
  virtual void end(int child) = 0;

  // Gives up the privileges to pin what it likes (CAP_IPC_LOCK, CAP_SYS_RESOURCE), and may lock so many bytes. False if
  // the process has not the privileges that this takes; then it has what it had.
  virtual bool limit(std::uint64_t bytes) = 0;
  virtual void unlimit() = 0;  // what the process had before the first limit()

  // From now on several threads call, or one alone again. While several do, none closes what it opened elsewhere.
  virtual void several_threads(bool) {}

  // See Preemptible.
  virtual bool preempt_at(Preemption*) { return false; }
};

// Those of the kernel that runs this process.
std::unique_ptr<SystemCalls> linux_system_calls();

}  // namespace iolaw::dev_iommu
