// SPDX-License-Identifier: Apache-2.0
// Compiled twice: for hw_reference, and with HW_REFERENCE_DEFECTS for the library with seeded defects.
#include "tools/ports/hw_reference_uapi_port.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hw_reference/defects.hpp"
#include "hw_reference/mutex.hpp"
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
  explicit FrontDoorCalls(hw_reference::Defect defect) : defect_(defect) {
    select();
    door_->memory().only(ClientMemory::kFirst, ClientMemory::kLast);
  }

  int open(const char* path) override {
    select();
    return std::strcmp(path, kDevice) == 0 ? door_->open(O_RDWR) : -ENOENT;
  }
  int close(int fd) override {
    select();
    // A number that another thread closed may be anybody's by now.
    if (door_->owns(fd) || several_threads_) return door_->close(fd);
    return ::close(fd) == 0 ? 0 : -errno;
  }
  long ioctl(int fd, unsigned long command, std::uint64_t argument) override {
    select();
    return door_->ioctl(fd, static_cast<unsigned>(command), argument);
  }
  long ioctl_elsewhere(int fd, unsigned long command, void* argument) override {
    return ioctl(fd, command, address(argument));
  }
  long read(int fd, void* buffer, std::size_t bytes) override {
    select();
    return door_->read(fd, address(buffer), bytes);
  }
  long write(int fd, const void* buffer, std::size_t bytes) override {
    select();
    return door_->write(fd, address(buffer), bytes);
  }
  std::int64_t mmap(std::size_t length, int protection, int flags, int fd, std::uint64_t offset) override {
    select();
    return door_->mmap(0, length, protection, flags, fd, static_cast<off_t>(offset));
  }
  int munmap(const Mapped& mapping) override {
    select();
    return door_->munmap(address(mapping.address), mapping.length);
  }
  int mprotect(const Mapped& mapping, int protection) override {
    select();
    return door_->mprotect(address(mapping.address), mapping.length, protection);
  }
  int fork(const Mapped& kept, std::span<const Mapped>) override {
    select();
    return door_->fork(address(kept.address));
  }
  void end(int child) override {
    select();
    door_->exit(child);
  }
  void several_threads(bool several) override { several_threads_ = several; }
#ifdef HW_REFERENCE_DEFECTS
  ~FrontDoorCalls() override {
    door_.reset();
    hw_reference::selected_defect = hw_reference::Defect::none;
  }
  bool preempt_at(Preemption* preemption) override {
    const auto call = [](void* self, bool blocked) { static_cast<Preemption*>(self)->point(blocked); };
    hw_reference::preemption_hook = {preemption != nullptr ? +call : nullptr, preemption};
    return true;
  }
#endif

  bool limit(std::uint64_t bytes) override {
    allow(false, bytes >> hw_reference::kPageShift);
    return true;
  }
  void unlimit() override { allow(true, std::numeric_limits<std::uint64_t>::max()); }

 private:
  void allow(bool privileged, std::uint64_t pages) {
    hw_reference::Account& account = door_->memory().account;
    account.may_lock_any = privileged;
    account.may_set_limits = privileged;
    account.limit = pages;
  }

  // The defect is that of the thread that calls.
  void select() const {
#ifdef HW_REFERENCE_DEFECTS
    hw_reference::selected_defect = defect_;
#endif
  }

  [[maybe_unused]] const hw_reference::Defect defect_;
  bool several_threads_ = false;
  std::optional<hw_reference::uapi::FrontDoor> door_{std::in_place};
};

}  // namespace

#ifdef HW_REFERENCE_DEFECTS

void register_hw_reference_uapi_test_ports() {
  const auto add = [](std::string_view word, hw_reference::Defect defect) {
    const std::string name = "hw_reference_uapi:" + std::string(word);
    register_port(name,
                  [name, defect] { return make_port_on(name, std::make_unique<FrontDoorCalls>(defect), kDevice); });
  };
  add("interleaved", hw_reference::Defect::none);
  for (std::size_t i = 1; i < hw_reference::kDefects.size(); ++i)
    add(hw_reference::kDefects[i].name, static_cast<hw_reference::Defect>(i));
  for (std::size_t i = 0; i < hw_reference::kRaces.size(); ++i)
    add(hw_reference::kRaces[i].name, hw_reference::race_of(i));
}

#else

std::unique_ptr<dev_iommu::SystemCalls> hw_reference_system_calls() {
  return std::make_unique<FrontDoorCalls>(hw_reference::Defect::none);
}

std::unique_ptr<Port> make_hw_reference_uapi_port() {
  return make_port_on("hw_reference_uapi", hw_reference_system_calls(), kDevice);
}

void register_hw_reference_uapi_port() { register_port("hw_reference_uapi", make_hw_reference_uapi_port); }

#endif

}  // namespace iolaw
