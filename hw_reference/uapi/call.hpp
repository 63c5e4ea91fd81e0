// SPDX-License-Identifier: Apache-2.0
// One ioctl on its way, and the commands that it may be.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/memory/own_memory.hpp"
#include "hw_reference/uapi/files.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

class FrontDoor;

struct Call {
  FrontDoor& door;
  Iommufd& fd;
  const std::shared_ptr<Iommufd>& shared;  // for files that keep it open
  std::uint64_t user;                      // the address of the structure
  std::uint32_t user_size;                 // what it says that it has, bytes

  // Copies an answer back, as much of it as the user knows. EFAULT.
  template <class Struct>
  int respond(const Struct& answer) const {
    return OwnMemory::write(
        user, std::as_bytes(std::span(&answer, 1)).first(std::min<std::size_t>(user_size, sizeof answer)));
  }
};

template <class T>
int read_user(std::uint64_t address, T& to) {
  return OwnMemory::read(address, std::as_writable_bytes(std::span(&to, 1)));
}
template <class T>
int write_user(std::uint64_t address, const T& from) {
  return OwnMemory::write(address, std::as_bytes(std::span(&from, 1)));
}

// Data for a driver, at an address of the user.
class UserAddress final : public UserBytes {
 public:
  explicit UserAddress(std::uint64_t address) : address_(address) {}
  int read(std::uint64_t offset, void* to, std::size_t bytes) const override {
    return OwnMemory::read(address_ + offset, {static_cast<std::byte*>(to), bytes});
  }

 private:
  const std::uint64_t address_;
};

// A command of iommufd: its number, the bytes of its structure, and of its structure's first version. It is made with
// the structure in `bytes`, what the user left out being zero, and answers 0 or a positive errno.
struct Command {
  unsigned number;
  std::uint32_t size;
  std::uint32_t least;
  int (*make)(Call& call, const std::byte* bytes);
};

template <class Struct, int (*kMake)(Call&, Struct&)>
constexpr Command command_of(unsigned number, std::uint32_t least = sizeof(Struct)) {
  return {number, sizeof(Struct), least, [](Call& call, const std::byte* bytes) {
            Struct structure;
            std::memcpy(&structure, bytes, sizeof structure);
            return kMake(call, structure);
          }};
}

// In the order of their numbers; one file each.
std::span<const Command> ioas_commands();
std::span<const Command> object_commands();
std::span<const Command> viommu_commands();
Command test_command();

// Makes a call: 0 or more, or a negative errno.
long make_call(Call& call, unsigned command);
// The calls of VFIO, likewise.
long make_vfio_call(Call& call, unsigned command);

long read_queue(const File& file, std::uint64_t buffer, std::size_t bytes);
long write_queue(const File& file, std::uint64_t buffer, std::size_t bytes);

// The part of the test driver that makes accesses (test_access.cpp). Positive errnos.
struct TestCommand;
int test_access(Call& call, TestCommand& command);

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
