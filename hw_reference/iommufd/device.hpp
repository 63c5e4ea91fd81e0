// SPDX-License-Identifier: Apache-2.0
// Devices and the IO page tables that they share.
#pragma once

#include <memory>

#include "hw_reference/iommufd/ioas.hpp"
#include "hw_reference/iommufd/object_table.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// A hardware page table (HWPT). The automatic one of an IOAS is made by the first attach and goes with the last device;
// attaching is its creator.
//
// devices: protected by the device_mutex of the IOAS. table: by its lock. ioas: never changes.
class Hwpt final : public Object, public std::enable_shared_from_this<Hwpt> {
 public:
  static constexpr ObjectType kType = ObjectType::hwpt;

  explicit Hwpt(const Hold<Ioas>& holder) : Object(kType), ioas(holder), table(IoPageTableFormat{}, holder->areas()) {
    users = 2;
  }

  const Hold<Ioas> ioas;
  IoPageTable table;
  std::size_t devices = 0;
};

// A mock device, attached as long as it lives. Immutable.
class Device final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::device;

  explicit Device(const Hold<Hwpt>& table) : Object(kType), hwpt(table) { users = 2; }

  const Hold<Hwpt> hwpt;
};

// EADDRINUSE: an area is not aligned to the smallest IO page or outside the aperture; EFAULT: memory is missing.
Result<ObjectId> attach_device(ObjectTable& objects, const Hold<Ioas>& ioas);

// ENOENT: no such device.
int destroy_device(ObjectTable& objects, ObjectId id);

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
