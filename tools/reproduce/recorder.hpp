// SPDX-License-Identifier: Apache-2.0
// Writes down the system calls that the client of /dev/iommu makes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/ports/dev_iommu/system_calls.hpp"
#include "tools/reproduce/structs.hpp"

namespace iolaw::reproduce {

using Bytes = std::vector<std::uint8_t>;

struct Made {
  enum class What : std::uint8_t { ioctl, read, write, close };
  What what = What::ioctl;
  int fd = -1;
  unsigned long command = 0;  // of an ioctl
  Bytes before = {};          // the struct of an ioctl, what is written
  Bytes after = {};           // the struct, what was read
  std::vector<Bytes> memory =
      {};  // what the struct points to, in the order of its fields; empty: it is no pointer of the client's
  std::size_t bytes = 0;  // asked of a read
  long result = 0;        // or a negative errno
};

// Passes all on to `calls`. What a C program is not known to be written for is remembered as `obstacle`.
class Recorder final : public dev_iommu::SystemCalls {
 public:
  struct Log {
    std::vector<Made> made;
    int device = -1;  // the descriptor of /dev/iommu
    std::string obstacle;
  };

  // `log` outlives this.
  Recorder(std::unique_ptr<dev_iommu::SystemCalls> calls, Log& log) : calls_(std::move(calls)), log_(log) {}

  int open(const char* path) override { return log_.device = calls_->open(path); }
  int close(int fd) override;
  long ioctl(int fd, unsigned long command, std::uint64_t argument) override;
  long ioctl_elsewhere(int fd, unsigned long command, void* argument) override;
  long read(int fd, void* buffer, std::size_t bytes) override;
  long write(int fd, const void* buffer, std::size_t bytes) override;
  std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) override;
  int munmap(const dev_iommu::Mapped& mapping) override { return calls_->munmap(mapping); }
  int fork(const dev_iommu::Mapped& kept, std::span<const dev_iommu::Mapped> others) override;
  void end(int child) override { calls_->end(child); }
  bool limit(std::uint64_t bytes) override;
  void unlimit() override { calls_->unlimit(); }

 private:
  const std::unique_ptr<dev_iommu::SystemCalls> calls_;
  Log& log_;
};

// What a field holds.
std::uint64_t number_at(const Bytes& bytes, const Field& field);

}  // namespace iolaw::reproduce
