// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/device.hpp"

#include <cerrno>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<ObjectId> attach_device(ObjectTable& objects, const Hold<Ioas>& ioas) {
  std::lock_guard lock(ioas->device_mutex);
  auto device_id = objects.reserve();
  if (ioas->automatic != nullptr) {
    Hwpt& hwpt = *ioas->automatic;
    auto device = std::make_shared<Device>(Hold<Hwpt>(hwpt.shared_from_this()));
    ++hwpt.devices;
    return {0, device_id.publish(std::move(device))};
  }
  auto hwpt_id = objects.reserve();
  auto hwpt = std::make_shared<Hwpt>(ioas);
  auto device = std::make_shared<Device>(Hold<Hwpt>(hwpt));
  if (int error = ioas->add_table(hwpt->table)) return {error, 0};
  hwpt->devices = 1;
  ioas->automatic = hwpt.get();
  hwpt_id.publish(std::move(hwpt));
  return {0, device_id.publish(std::move(device))};
}

int destroy_device(ObjectTable& objects, ObjectId id) {
  std::shared_ptr<Device> device = objects.take_from_creator<Device>(id);
  if (!device) return ENOENT;
  // Both outlive the device; the IOAS also outlives the lock inside it.
  const Hold<Ioas> ioas = device->hwpt->ioas;
  const std::shared_ptr<Hwpt> hwpt = device->hwpt.shared();
  std::lock_guard lock(ioas->device_mutex);
  device.reset();
  if (--hwpt->devices > 0) return 0;
  ioas->remove_table(hwpt->table);
  ioas->automatic = nullptr;
  objects.take_from_creator<Hwpt>(hwpt->id);
  return 0;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
