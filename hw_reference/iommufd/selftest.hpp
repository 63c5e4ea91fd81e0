// SPDX-License-Identifier: Apache-2.0
// The object of Linux's test driver that owns a mock device.
#pragma once

#include <memory>
#include <utility>

#include "hw_reference/iommufd/device.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Immutable. Destroying it unbinds the device, which is what Iommufd::destroy does.
class Selftest final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::selftest;

  explicit Selftest(std::shared_ptr<Device> owned) : Object(kType), device(std::move(owned)) {}

  const std::shared_ptr<Device> device;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
