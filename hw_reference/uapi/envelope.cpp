// SPDX-License-Identifier: Apache-2.0
// What all commands have in common (linux drivers/iommu/iommufd/main.c, lib/usercopy.c).
#include <array>
#include <vector>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

constexpr unsigned kTestSlot = 0x20;  // the last one
constexpr std::size_t kLongest = 72;  // bytes of a structure

constexpr unsigned slot_of(unsigned command) { return _IOC_NR(command) - kFirstCommand; }

using Table = std::array<Command, kTestSlot + 1>;

// By number, counted from the first; `make` is null where there is none.
const Table& table() {
  static const Table commands = [] {
    Table made{};
    for (const auto& part : {ioas_commands(), object_commands(), viommu_commands()})
      for (const Command& command : part) made.at(slot_of(command.number)) = command;
    made.at(kTestSlot) = test_command();
    return made;
  }();
  return commands;
}

// Whether a user's bytes are zeros. EFAULT; E2BIG: they are not. A page that is missing counts when it is reached.
int check_zeros(std::uint64_t address, std::uint64_t bytes) {
  std::array<std::byte, kPageSize> page;
  while (bytes > 0) {
    const std::uint64_t part = std::min(bytes, kPageSize - address % kPageSize);
    if (int error = OwnMemory::read(address, std::span(page).first(part))) return error;
    if (std::any_of(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(part),
                    [](std::byte byte) { return byte != std::byte{0}; }))
      return E2BIG;
    address += part;
    bytes -= part;
  }
  return 0;
}

}  // namespace

long make_call(Call& call, unsigned command) {
  const unsigned slots = call.door.has_test_driver() ? kTestSlot + 1 : slot_of(kIoasNoiommuGetPa) + 1;
  if (_IOC_NR(command) < kFirstCommand || slot_of(command) >= slots) return make_vfio_call(call, command);
  if (read_user(call.user, call.user_size) != 0) return -EFAULT;
  const Command& known = table()[slot_of(command)];
  if (known.make == nullptr || known.number != command) return -ENOTTY;
  if (call.user_size < known.least) return -EINVAL;
  if (call.user_size > known.size) {
    if (int error = check_zeros(call.user + known.size, call.user_size - known.size)) return -error;
  }
  alignas(8) std::array<std::byte, kLongest> structure{};
  const std::size_t given = std::min(call.user_size, known.size);
  if (OwnMemory::read(call.user, std::span(structure).first(given)) != 0) return -EFAULT;
  return -answer([&] { return known.make(call, structure.data()); });
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
