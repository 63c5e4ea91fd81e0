// SPDX-License-Identifier: Apache-2.0
#include "tools/reproduce/recorder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "tools/ports/dev_iommu/client_memory.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"
#include "tools/reproduce/structs.hpp"

namespace iolaw::reproduce {
namespace {

using dev_iommu::ClientMemory;

// The client has nothing below this but its memory.
constexpr std::uint64_t kWindowEnd = std::uint64_t{1} << 32;
constexpr std::uint64_t kMostBytes = 4096;

Bytes copy(const void* from, std::size_t bytes) {
  const auto* first = static_cast<const std::uint8_t*>(from);
  return {first, first + bytes};
}

std::uint32_t operation_of(unsigned long command, std::uint64_t argument) {
  if (command != dev_iommu::kTest) return 0;
  return static_cast<std::uint32_t>(reinterpret_cast<const dev_iommu::TestCommand*>(argument)->op);
}

// What the struct points to, of the length that it says.
std::vector<Bytes> memory_of(const Struct& one, const Bytes& bytes) {
  std::vector<Bytes> memory;
  for (const Field& field : one.fields) {
    if (field.role != Role::memory) continue;
    std::uint64_t units = 1;
    for (const Field& other : one.fields) {
      if (!field.says.empty() && other.name == field.says) units = number_at(bytes, other);
    }
    const std::uint64_t place = number_at(bytes, field);
    const std::uint64_t length = std::min(units * field.unit, kMostBytes);
    memory.push_back(place < kWindowEnd ? Bytes{} : copy(reinterpret_cast<const void*>(place), length));
  }
  return memory;
}

}  // namespace

std::uint64_t number_at(const Bytes& bytes, const Field& field) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data() + field.offset, field.size);
  return number;
}

int Recorder::close(int fd) {
  const int result = calls_->close(fd);
  log_.made.push_back({.what = Made::What::close, .fd = fd, .result = result});
  return result;
}

long Recorder::ioctl(int fd, unsigned long command, std::uint64_t argument) {
  const Struct* one = find_struct(command, operation_of(command, argument));
  if (one == nullptr) {
    // The memory for lists of pages is no matter of the law's.
    if (command != dev_iommu::kTest) log_.obstacle = fmt::format("the command {:#x} is not written as C", command);
    return calls_->ioctl(fd, command, argument);
  }
  Made made{.fd = fd, .command = command};
  made.before = copy(reinterpret_cast<const void*>(argument), one->size);
  made.memory = memory_of(*one, made.before);
  made.result = calls_->ioctl(fd, command, argument);
  made.after = copy(reinterpret_cast<const void*>(argument), one->size);
  log_.made.push_back(std::move(made));
  return log_.made.back().result;
}

long Recorder::ioctl_elsewhere(int fd, unsigned long command, void* argument) {
  return ioctl(fd, command, reinterpret_cast<std::uintptr_t>(argument));
}

long Recorder::read(int fd, void* buffer, std::size_t bytes) {
  const long result = calls_->read(fd, buffer, bytes);
  log_.made.push_back({.what = Made::What::read, .fd = fd, .bytes = bytes, .result = result});
  return result;
}

long Recorder::write(int fd, const void* buffer, std::size_t bytes) {
  const long result = calls_->write(fd, buffer, bytes);
  log_.made.push_back({.what = Made::What::write, .fd = fd, .before = copy(buffer, bytes), .result = result});
  return result;
}

std::int64_t Recorder::mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) {
  log_.obstacle = "mappings of registers are not written as C";
  return calls_->mmap(length, protection, flags, fd, offset);
}

int Recorder::fork(const dev_iommu::Mapped& kept, std::span<const dev_iommu::Mapped> others) {
  log_.obstacle = "other processes are not written as C";
  return calls_->fork(kept, others);
}

bool Recorder::limit(std::uint64_t bytes) {
  log_.obstacle = "limits of locked memory are not written as C";
  return calls_->limit(bytes);
}

}  // namespace iolaw::reproduce
