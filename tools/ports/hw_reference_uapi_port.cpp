// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/hw_reference_uapi_port.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "hw_reference/uapi/front_door.hpp"
#include "tools/ports/dev_iommu/client_memory.hpp"
#include "tools/ports/dev_iommu_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

using dev_iommu::ClientMemory;
using dev_iommu::Mapped;

constexpr const char* kDevice = "/dev/iommu";

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Files of the client that are none of the front door's stay with the host.
class FrontDoorCalls final : public dev_iommu::SystemCalls {
 public:
  FrontDoorCalls() { door_.memory().only(ClientMemory::kFirst, ClientMemory::kLast); }

  int open(const char* path) override { return std::strcmp(path, kDevice) == 0 ? door_.open(O_RDWR) : -ENOENT; }
  int close(int fd) override {
    if (door_.owns(fd)) return door_.close(fd);
    return ::close(fd) == 0 ? 0 : -errno;
  }
  long ioctl(int fd, unsigned long command, std::uint64_t argument) override {
    return door_.ioctl(fd, static_cast<unsigned>(command), argument);
  }
  long ioctl_elsewhere(int fd, unsigned long command, void* argument) override {
    return ioctl(fd, command, address(argument));
  }
  long read(int fd, void* buffer, std::size_t bytes) override { return door_.read(fd, address(buffer), bytes); }
  long write(int fd, const void* buffer, std::size_t bytes) override { return door_.write(fd, address(buffer), bytes); }
  std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) override {
    return door_.mmap(0, length, protection, flags, fd, static_cast<off_t>(offset));
  }
  int munmap(const Mapped& mapping) override { return door_.munmap(address(mapping.address), mapping.length); }
  int mprotect(const Mapped& mapping, int protection) override {
    return door_.mprotect(address(mapping.address), mapping.length, protection);
  }
  int fork(const Mapped& kept, std::span<const Mapped>) override { return door_.fork(address(kept.address)); }
  void end(int child) override { door_.exit(child); }

  bool limit(std::uint64_t bytes) override {
    allow(false, bytes >> hw_reference::kPageShift);
    return true;
  }
  void unlimit() override { allow(true, std::numeric_limits<std::uint64_t>::max()); }

 private:
  void allow(bool privileged, std::uint64_t pages) {
    hw_reference::Account& account = door_.memory().account;
    account.may_lock_any = privileged;
    account.may_set_limits = privileged;
    account.limit = pages;
  }

  hw_reference::uapi::FrontDoor door_;
};

}  // namespace

std::unique_ptr<dev_iommu::SystemCalls> hw_reference_system_calls() { return std::make_unique<FrontDoorCalls>(); }

std::unique_ptr<Port> make_hw_reference_uapi_port() {
  return make_port_on("hw_reference_uapi", hw_reference_system_calls(), kDevice);
}

void register_hw_reference_uapi_port() { register_port("hw_reference_uapi", make_hw_reference_uapi_port); }

}  // namespace iolaw
