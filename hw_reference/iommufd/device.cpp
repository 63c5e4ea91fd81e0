// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/device.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hw_reference/iommufd/context.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Device::Device(std::unique_ptr<IommuDevice> with, const std::shared_ptr<Group>& in)
    : Object(kType), driver(std::move(with)), group(in) {
  users = 2;  // its kernel driver is the creator
  group->devices.push_back(this);
}

Device::~Device() {
  // One that was quiesced has left its group; another was never published, and the control mutex is held.
  if (!unbinding) std::erase(group->devices, this);
}

Hwpt* Device::attached(Pasid pasid) const {
  for (const Device* member : group->devices) {
    const auto record = member->attachments.find(pasid);
    if (record != member->attachments.end() && record->second.hwpt) return record->second.hwpt.get();
  }
  return nullptr;
}

bool Device::has_pasids() const {
  return std::any_of(group->devices.begin(), group->devices.end(), [](const Device* member) {
    return std::any_of(member->attachments.begin(), member->attachments.end(),
                       [](const auto& record) { return record.first != kNoPasid && record.second.hwpt; });
  });
}

void quiesce_device(Context& context, Device& device) {
  device.unbinding = true;
  if (device.vdevice != nullptr) {
    const auto vdevice = context.objects.take_for_good(device.vdevice->id);
    vdevice->retire();
  }
  while (!device.attachments.empty()) detach_device(context, device, device.attachments.begin()->first);
  std::erase(device.group->devices, &device);
}

int unbind_device(Context& context, ObjectId id) {
  {
    std::lock_guard lock(context.control);
    const auto device = context.objects.hold<Device>(id);
    if (!device || device->unbinding) return ENOENT;
    quiesce_device(context, *device);
  }
  // Without the mutex: calls that were under way may wait for it before they see that they are too late.
  context.objects.take_from_creator<Device>(id);
  return 0;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
