// SPDX-License-Identifier: Apache-2.0
// Attaching, replacing and detaching (linux drivers/iommu/iommufd/device.c).
#include <algorithm>
#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/context.hpp"
#include "hw_reference/iommufd/device.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

// Whether the group may use a table with a PASID, and without one beside its PASIDs.
int check_pasid(const Device& device, Pasid pasid, const Hwpt& hwpt) {
  const bool any_table = has_defect(Defect::pasids_left_behind);
  if (pasid == kNoPasid) return !hwpt.pasid_compatible && device.has_pasids() && !any_table ? EINVAL : 0;
  if (!hwpt.pasid_compatible) return EINVAL;
  const Hwpt* own = device.attached(kNoPasid);
  if (own != nullptr && !own->pasid_compatible && !has_defect(Defect::pasid_beside_any_table)) return EINVAL;
  return pasid >= device.driver->max_pasids() + (has_defect(Defect::pasid_one_too_many) ? 1 : 0) ? EINVAL : 0;
}

// Keeps what the device cannot translate out of an IOAS.
int reserve_regions(Ioas& ioas, const Device& device) {
  for (const IovaRange& region : device.driver->reserved_regions()) {
    if (int error = ioas.reserve(region.first, region.last, &device)) {
      ioas.release(&device);
      return error;
    }
  }
  return 0;
}

void forget_faults(Hwpt& hwpt, Device& device, Pasid pasid) {
  if (hwpt.faults) hwpt.faults->forget(device, pasid);
}

// An automatic table goes with its last attachment, unless a call is using it.
void put_automatic(Context& context, const std::shared_ptr<Hwpt>& hwpt) {
  if (hwpt->type != ObjectType::hwpt_paging || !hwpt->paging().automatic || hwpt->id == 0) return;
  if (has_defect(Defect::automatic_table_stays)) return;
  if (auto taken = context.objects.take_unused(hwpt->id); taken.ok()) taken.value->retire();
}

int attach_to(const Hold<Device>& held, Pasid pasid, Hwpt& hwpt) {
  Device& device = *held;
  if (device.attachments.contains(pasid)) return EBUSY;
  const Hwpt* current = device.attached(pasid);
  if (current != nullptr && current != &hwpt) return EINVAL;
  // The record is made first: what may lack memory comes before what must then be undone.
  auto record = device.attachments.try_emplace(pasid).first;
  Ioas& ioas = *hwpt.paging().ioas;
  int error = 0;
  try {
    if (pasid == kNoPasid) error = reserve_regions(ioas, device);
    if (error == 0) {
      if (current == nullptr) error = check_pasid(device, pasid, hwpt);
      if (error == 0) error = device.driver->set_domain(pasid, hwpt.domain());
      if (error != 0 && pasid == kNoPasid) ioas.release(&device);
    }
  } catch (...) {
    if (pasid == kNoPasid) ioas.release(&device);
    device.attachments.erase(record);
    throw;
  }
  if (error != 0) {
    device.attachments.erase(record);
    return error;
  }
  record->second.hwpt = Hold<Hwpt>(hwpt.shared_from_this());
  record->second.device = Hold<Object>(held.shared());
  return 0;
}

// Detaches without destroying an automatic table.
void leave(Device& device, std::map<Pasid, Device::Attachment>::iterator record) {
  const Pasid pasid = record->first;
  const Hold<Hwpt> hwpt = std::move(record->second.hwpt);
  if (has_defect(Defect::pasid_keeps_table) && pasid != kNoPasid) ++hwpt->users;
  device.driver->block(pasid);
  device.attachments.erase(record);
  if (pasid == kNoPasid) hwpt->paging().ioas->release(&device);
  forget_faults(*hwpt, device, pasid);
}

int replace_with(Context& context, Device& device, Pasid pasid, Hwpt& hwpt) {
  const auto own = device.attachments.find(pasid);
  if (own == device.attachments.end() && has_defect(Defect::replace_of_nothing)) return 0;
  if (own == device.attachments.end() || !own->second.hwpt) return EINVAL;
  const std::shared_ptr<Hwpt> old = own->second.hwpt.shared();
  if (old.get() == &hwpt) return 0;
  Ioas& from = *old->paging().ioas;
  Ioas& to = *hwpt.paging().ioas;
  const bool moves = pasid == kNoPasid && &from != &to;
  const auto attached = [&](const Device* d) { return d->attachments.contains(pasid); };
  std::vector<Device*>& devices = device.group->devices;

  std::size_t reserved = 0;  // devices of the group that have been handled
  std::size_t set = 0;
  int error = 0;
  const auto undo = [&] {
    while (set > 0)
      if (Device* d = devices[--set]; attached(d)) (void)d->driver->set_domain(pasid, old->domain());
    while (moves && reserved > 0)
      if (Device* d = devices[--reserved]; attached(d)) to.release(d);
  };
  try {
    for (; moves && reserved < devices.size() && error == 0; reserved += error == 0 ? 1 : 0)
      if (attached(devices[reserved])) error = reserve_regions(to, *devices[reserved]);
    if (error == 0) error = check_pasid(device, pasid, hwpt);
    for (; set < devices.size() && error == 0; set += error == 0 ? 1 : 0)
      if (attached(devices[set])) error = devices[set]->driver->set_domain(pasid, hwpt.domain());
  } catch (...) {
    undo();
    throw;
  }
  if (error != 0) {
    undo();
    if (has_defect(Defect::failed_replace_holds)) ++hwpt.users;
    return error;
  }
  for (Device* d : devices) {
    const auto record = d->attachments.find(pasid);
    if (record == d->attachments.end()) continue;
    record->second.hwpt = Hold<Hwpt>(hwpt.shared_from_this());
    forget_faults(*old, *d, pasid);
    if (has_defect(Defect::replace_keeps_table)) ++old->users;
    if (moves) from.release(d);
  }
  put_automatic(context, old);
  return 0;
}

int change_to(Context& context, const Hold<Device>& device, Pasid pasid, Hwpt& hwpt, bool replace) {
  return replace ? replace_with(context, *device, pasid, hwpt) : attach_to(device, pasid, hwpt);
}

// To one of the automatic tables of an IOAS, or to a new one.
Result<ObjectId> change_to_ioas(Context& context, const Hold<Device>& device, Pasid pasid, const Hold<Ioas>& ioas,
                                bool replace) {
  for (HwptPaging* candidate : ioas->automatic) {
    const std::shared_ptr<Hwpt> hwpt = candidate->shared_from_this();
    const int error = change_to(context, device, pasid, *hwpt, replace);
    if (error == 0) return {0, hwpt->id};
    if (error != EINVAL) return {error, 0};
  }
  auto table = device->driver->alloc_paging(0, {}, ioas->areas());
  if (!table.ok()) return {table.error, 0};
  auto id = context.objects.reserve();
  auto hwpt =
      std::make_shared<HwptPaging>(ioas, std::move(table.value), 0, device->driver->instance(), /*is_automatic=*/true);
  ioas->automatic.reserve(ioas->automatic.size() + 1);
  int error = 0;
  if (replace) {
    error = hwpt->join();
    if (error == 0) error = replace_with(context, *device, pasid, *hwpt);
  } else {
    error = attach_to(device, pasid, *hwpt);
    if (error == 0) {
      const auto record = device->attachments.find(pasid);
      try {
        error = hwpt->join();
      } catch (...) {
        leave(*device, record);
        throw;
      }
      if (error != 0) leave(*device, record);
    }
  }
  if (error != 0) return {error, 0};
  ioas->automatic.push_back(hwpt.get());
  return {0, id.publish(std::move(hwpt))};
}

Result<ObjectId> change(Context& context, const Hold<Device>& device, Pasid pasid, ObjectId pt_id, bool replace) {
  const Hold<Object> target = context.objects.hold_any(pt_id);
  if (!target) return {ENOENT, 0};
  switch (target->type) {
    case ObjectType::ioas:
      return change_to_ioas(context, device, pasid, Hold<Ioas>(std::static_pointer_cast<Ioas>(target.shared())),
                            replace);
    case ObjectType::hwpt_paging:
    case ObjectType::hwpt_nested: {
      Hwpt& hwpt = static_cast<Hwpt&>(*target);
      if (int error = change_to(context, device, pasid, hwpt, replace)) return {error, 0};
      return {0, hwpt.id};
    }
    default:
      return {EINVAL, 0};
  }
}

}  // namespace

Result<ObjectId> attach_device(Context& context, const Hold<Device>& device, Pasid pasid, ObjectId pt_id) {
  return change(context, device, pasid, pt_id, false);
}

Result<ObjectId> replace_device(Context& context, const Hold<Device>& device, Pasid pasid, ObjectId pt_id) {
  return change(context, device, pasid, pt_id, true);
}

void detach_device(Context& context, Device& device, Pasid pasid) {
  const auto record = device.attachments.find(pasid);
  if (record == device.attachments.end()) return;
  const std::shared_ptr<Hwpt> hwpt = record->second.hwpt.shared();
  leave(device, record);
  put_automatic(context, hwpt);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
