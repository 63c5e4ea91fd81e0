// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu_port.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "tools/ports/dev_iommu/client_memory.hpp"
#include "tools/ports/dev_iommu/handles.hpp"
#include "tools/ports/dev_iommu/uapi.hpp"

namespace iolaw {
namespace {

using namespace dev_iommu;

using Arguments = std::span<const std::uint64_t>;

// No law of this size pins a page more often; Linux's page counts would allow 2^21.
constexpr std::uint32_t kMaxPins = 1 << 16;

PortAnswer success() { return {}; }

PortAnswer success(std::uint64_t result) {
  PortAnswer answer;
  answer.results.emplace_back(result);
  return answer;
}

PortAnswer failure(int error) {
  PortAnswer answer;
  answer.error = error;
  return answer;
}

PortAnswer without_answer(PortAnswer::Status status, std::string note) {
  PortAnswer answer;
  answer.status = status;
  answer.note = std::move(note);
  return answer;
}

// The law's Rights number READ 1 and WRITE 2.
std::uint32_t map_flags(std::uint64_t rights) {
  return kFixedIova | ((rights & 1) != 0 ? kReadable : 0) | ((rights & 2) != 0 ? kWriteable : 0);
}

// The open device.
class Device {
 public:
  explicit Device(std::string path) : path_(std::move(path)) { open(); }
  ~Device() { close(); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  void open() {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (fd_ < 0) throw std::runtime_error("cannot open " + path_ + ": " + std::strerror(errno));
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  // An ioctl: 0 or a positive errno.
  template <typename Argument>
  int request(unsigned long command, Argument& argument) {
    return ioctl(fd_, command, &argument) == 0 ? 0 : errno;
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_ = -1;
};

class DevIommuPort final : public Port {
 public:
  explicit DevIommuPort(std::string device) : device_(std::move(device)) { expect_test_driver(); }
  ~DevIommuPort() override { close_everything(); }

  std::string_view name() const override { return "dev_iommu"; }
  void reset() override;
  PortAnswer call(std::string_view rule, Arguments arguments) override;

 private:
  struct Entry {
    std::string_view rule;
    std::size_t arguments;
    PortAnswer (DevIommuPort::*call)(Arguments);
  };
  static const std::array<Entry, 15> kCalls;

  void expect_test_driver();
  void close_everything();

  template <typename Argument>
  int request(unsigned long command, Argument& argument) {
    return device_.request(command, argument);
  }
  int check_refs(std::uint64_t first, std::uint64_t length, std::uint32_t refs);

  PortAnswer ioas_alloc(Arguments);
  PortAnswer ioas_destroy(Arguments a) { return destroy(a[0], Handles::Kind::ioas); }
  PortAnswer ioas_map(Arguments);
  PortAnswer ioas_copy(Arguments);
  PortAnswer ioas_unmap(Arguments);
  PortAnswer ioas_reserve(Arguments);
  PortAnswer access_create(Arguments);
  PortAnswer access_replace(Arguments);
  PortAnswer access_destroy(Arguments);
  PortAnswer access_pin(Arguments);
  PortAnswer access_unpin(Arguments);
  PortAnswer device_attach(Arguments);
  PortAnswer device_destroy(Arguments a) { return destroy(a[0], Handles::Kind::device); }
  PortAnswer device_translate(Arguments);
  PortAnswer memory_pins(Arguments);
  PortAnswer destroy(std::uint64_t handle, Handles::Kind kind);

  Device device_;
  ClientMemory memory_;
  Handles handles_;
  std::string broken_;  // why the kernel cannot be trusted any more; empty: it can
};

const std::array<DevIommuPort::Entry, 15> DevIommuPort::kCalls = {{
    {"ioas.alloc", 0, &DevIommuPort::ioas_alloc},
    {"ioas.destroy", 1, &DevIommuPort::ioas_destroy},
    {"ioas.map", 5, &DevIommuPort::ioas_map},
    {"ioas.copy", 6, &DevIommuPort::ioas_copy},
    {"ioas.unmap", 3, &DevIommuPort::ioas_unmap},
    {"ioas.reserve", 3, &DevIommuPort::ioas_reserve},
    {"access.create", 2, &DevIommuPort::access_create},
    {"access.replace", 2, &DevIommuPort::access_replace},
    {"access.destroy", 1, &DevIommuPort::access_destroy},
    {"access.pin", 4, &DevIommuPort::access_pin},
    {"access.unpin", 2, &DevIommuPort::access_unpin},
    {"device.attach", 1, &DevIommuPort::device_attach},
    {"device.destroy", 1, &DevIommuPort::device_destroy},
    {"device.translate", 2, &DevIommuPort::device_translate},
    {"memory.pins", 1, &DevIommuPort::memory_pins},
}};

void DevIommuPort::close_everything() {
  // An access keeps the device's file alive: its memory would stay pinned.
  for (const std::uint32_t fd : handles_.open_fds()) ::close(static_cast<int>(fd));
  device_.close();
  handles_.clear();
}

void DevIommuPort::expect_test_driver() {
  const int error = check_refs(ClientMemory::kFirst, ClientMemory::kSize, 0);
  if (error == ENOTTY)
    throw std::runtime_error(device_.path() + ": the kernel has no test driver (CONFIG_IOMMUFD_TEST)");
  if (error != 0)
    throw std::runtime_error(device_.path() + ": the client memory cannot be checked: " + std::strerror(error));
  // The test driver agrees to any count for a page that is part of a larger one.
  for (std::uint64_t page = ClientMemory::kFirst; page < ClientMemory::kLast; page += ClientMemory::kPageSize) {
    if (check_refs(page, ClientMemory::kPageSize, 1) != EIO) {
      throw std::runtime_error(
          "the client memory lies in huge pages: the kernel cannot tell how often they are pinned");
    }
  }
}

void DevIommuPort::reset() {
  close_everything();
  device_.open();
  broken_.clear();
  if (check_refs(ClientMemory::kFirst, ClientMemory::kSize, 0) != 0) {
    broken_ = "the kernel still pins client memory after everything was closed";
  }
}

PortAnswer DevIommuPort::call(std::string_view rule, Arguments arguments) {
  if (!broken_.empty()) return without_answer(PortAnswer::Status::broken, broken_);
  for (const Entry& entry : kCalls) {
    if (entry.rule == rule && entry.arguments == arguments.size()) return (this->*entry.call)(arguments);
  }
  return without_answer(PortAnswer::Status::unsupported, "no ioctl for " + std::string(rule) + " with " +
                                                             std::to_string(arguments.size()) + " arguments");
}

PortAnswer DevIommuPort::ioas_alloc(Arguments) {
  IoasAlloc command;
  if (const int error = request(kIoasAlloc, command); error != 0) return failure(error);
  return success(handles_.add_object(Handles::Kind::ioas, command.out_ioas_id));
}

PortAnswer DevIommuPort::destroy(std::uint64_t handle, Handles::Kind kind) {
  Destroy command;
  command.id = handles_.destroyable(handle, kind);
  if (const int error = request(kDestroy, command); error != 0) return failure(error);
  if (command.id != Handles::kNeverId) handles_.remove_object(command.id);
  return success();
}

PortAnswer DevIommuPort::ioas_map(Arguments a) {
  IoasMap command;
  command.ioas_id = handles_.id(a[0]);
  command.user_va = a[1];
  command.length = a[2];
  command.iova = a[3];
  command.flags = map_flags(a[4]);
  const int error = request(kIoasMap, command);
  return error != 0 ? failure(error) : success();
}

PortAnswer DevIommuPort::ioas_copy(Arguments a) {
  IoasCopy command;
  command.dst_ioas_id = handles_.id(a[0]);
  command.src_ioas_id = handles_.id(a[1]);
  command.length = a[2];
  command.dst_iova = a[3];
  command.src_iova = a[4];
  command.flags = map_flags(a[5]);
  const int error = request(kIoasCopy, command);
  return error != 0 ? failure(error) : success();
}

PortAnswer DevIommuPort::ioas_unmap(Arguments a) {
  IoasUnmap command;
  command.ioas_id = handles_.id(a[0]);
  command.iova = a[1];
  command.length = a[2];
  const int error = request(kIoasUnmap, command);
  return error != 0 ? failure(error) : success(command.length);
}

PortAnswer DevIommuPort::ioas_reserve(Arguments a) {
  TestCommand command(TestOp::add_reserved, handles_.id(a[0]));
  command.add_reserved = {a[1], a[2]};
  const int error = request(kTest, command);
  return error != 0 ? failure(error) : success();
}

PortAnswer DevIommuPort::access_create(Arguments a) {
  TestCommand command(TestOp::create_access, handles_.id(a[0]));
  command.create_access.flags = a[1] != 0 ? kAccessNeedsPin : 0;
  if (const int error = request(kTest, command); error != 0) return failure(error);
  return success(handles_.add_access(command.create_access.out_access_fd));
}

PortAnswer DevIommuPort::access_replace(Arguments a) {
  TestCommand command(TestOp::access_replace_ioas, handles_.fd(a[0]));
  command.access_replace_ioas.ioas_id = handles_.id(a[1]);
  const int error = request(kTest, command);
  return error != 0 ? failure(error) : success();
}

PortAnswer DevIommuPort::access_destroy(Arguments a) {
  // A dead descriptor may by now be a file of somebody else in this process: close one that nobody has.
  const bool lives = handles_.access_lives(a[0]);
  const std::uint32_t fd = lives ? handles_.fd(a[0]) : Handles::kNeverFd;
  if (close(static_cast<int>(fd)) != 0) return failure(errno);
  if (lives) handles_.remove_access(fd);
  return success();
}

PortAnswer DevIommuPort::access_pin(Arguments a) {
  TestCommand command(TestOp::access_pages, handles_.fd(a[0]));
  command.access_pages.iova = a[1];
  command.access_pages.length = a[2];
  command.access_pages.flags = a[3] != 0 ? kAccessWrite : 0;
  if (const int error = request(kTest, command); error != 0) return failure(error);
  return success(handles_.add_pin(a[0], command.access_pages.out_access_pages_id));
}

PortAnswer DevIommuPort::access_unpin(Arguments a) {
  TestCommand command(TestOp::destroy_access_pages, handles_.fd(a[0]));
  command.destroy_access_pages.access_pages_id = handles_.item(a[1], a[0]);
  const int error = request(kTest, command);
  return error != 0 ? failure(error) : success();
}

PortAnswer DevIommuPort::device_attach(Arguments a) {
  TestCommand command(TestOp::mock_domain, handles_.live_id(a[0], Handles::Kind::ioas));
  if (const int error = request(kTest, command); error != 0) return failure(error);
  return success(
      handles_.add_object(Handles::Kind::device, command.mock_domain.out_stdev_id, command.mock_domain.out_hwpt_id));
}

// The test driver answers only whether an address leads to a given page, so every page is tried. Its smallest page is
// half a CPU page: memory may be mapped at the same or at the other half.
PortAnswer DevIommuPort::device_translate(Arguments a) {
  constexpr std::uint64_t kIoPageSize = 2048;
  const std::uint32_t hwpt = handles_.hwpt(a[0]);
  for (std::uint64_t va = ClientMemory::kFirst; va < ClientMemory::kLast; va += kIoPageSize) {
    TestCommand command(TestOp::check_map, hwpt);
    command.check_map = {a[1] & ~(kIoPageSize - 1), kIoPageSize, va};
    const int error = request(kTest, command);
    if (error == 0) return success(va & ~(ClientMemory::kPageSize - 1));
    if (error != EINVAL) return failure(error);
  }
  PortAnswer none;
  none.results.emplace_back(std::nullopt);
  return none;
}

int DevIommuPort::check_refs(std::uint64_t first, std::uint64_t length, std::uint32_t refs) {
  TestCommand command(TestOp::check_refs, 0);
  command.check_refs = {length, first, refs};
  return request(kTest, command);
}

// The test driver answers only whether a page is pinned a given number of times.
PortAnswer DevIommuPort::memory_pins(Arguments a) {
  const std::uint64_t page = a[0] & ~(ClientMemory::kPageSize - 1);
  for (std::uint32_t pins = 0; pins <= kMaxPins; ++pins) {
    const int error = check_refs(page, ClientMemory::kPageSize, pins);
    if (error == 0) return success(pins);
    if (error != EIO) return failure(error);
  }
  return without_answer(PortAnswer::Status::broken, "a page is pinned more often than anyone asked for");
}

}  // namespace

std::unique_ptr<Port> make_dev_iommu_port(const std::string& device) { return std::make_unique<DevIommuPort>(device); }

}  // namespace iolaw
