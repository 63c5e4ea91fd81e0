// SPDX-License-Identifier: Apache-2.0
// What the structs of /dev/iommu look like to a C program.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace iolaw::reproduce {

enum class Role : std::uint8_t {
  plain,
  answer,      // written by the kernel; says something about what came of the call
  object,      // the number of an object, or of a device
  new_object,  // written by the kernel: such a number
  file,        // a descriptor
  new_file,    // written by the kernel: such a descriptor
  memory,      // the address of `units` times as many bytes as the field before `units` of it says
};

struct Field {
  std::string_view name;
  std::uint16_t offset;  // bytes
  std::uint8_t size;     // bytes: 2, 4 or 8
  Role role = Role::plain;
  std::string_view says =
      {};                  // new_*: how programs call it; memory: the field with the number of its units, or empty: one
  std::uint16_t unit = 0;  // memory: bytes of a unit
};

struct Struct {
  unsigned long command;
  std::string_view name;    // of the struct; that of the command, in capitals
  std::uint16_t size;       // bytes
  std::uint32_t operation;  // of the test driver; 0: another command
  std::span<const Field> fields;
};

// Null if nothing is known of such a command. `operation`: what the test driver is asked for, if it is.
const Struct* find_struct(unsigned long command, std::uint32_t operation);

std::span<const Struct> iommufd_structs();
std::span<const Struct> test_structs();

}  // namespace iolaw::reproduce
