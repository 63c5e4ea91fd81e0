// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/viommu.hpp"

#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/context.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// ---- what destroying means
// --------------------------------------------------------------------------------------------

void Viommu::retire() {
  if (!driver) return;
  driver->release(context_.regions);
  driver.reset();
  parent.reset();
}

void Vdevice::retire() {
  if (!viommu) return;
  viommu->driver->destroy_vdevice(*device->driver, virt_id);
  if (has_defect(Defect::vdevice_keeps_viommu)) ++viommu->users;
  viommu->devices.erase(virt_id);
  if (!has_defect(Defect::dead_vdevice_known)) device->driver->virtual_place.reset();
  device->vdevice = nullptr;
  device.reset();
  viommu.reset();
}

void HwQueue::retire() {
  if (!viommu) return;
  if (initialized) {
    viommu->driver->destroy_queue(queue_type, index);
    viommu->queues.erase({queue_type, index});
  }
  if (access != 0) context_.objects.take_from_creator<Access>(access)->close();
  needs.reset();
  viommu.reset();
}

int Viommu::report(std::uint32_t event_type, std::span<const std::byte> data) {
  std::lock_guard lock(events_mutex);
  const auto queue = events.find(event_type);
  return queue == events.end() ? EOPNOTSUPP : queue->second->report(data);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
