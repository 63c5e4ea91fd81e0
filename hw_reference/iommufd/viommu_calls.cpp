// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/viommu_calls.hpp"

#include <cerrno>
#include <utility>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/context.hpp"
#include "hw_reference/iommufd/numbers.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {}  // namespace

Result<ViommuAnswer> allocate_viommu(Context& context, const ViommuAlloc& request,
                                     const Respond<ViommuAnswer>& respond) {
  if (request.flags != 0 || request.type == 0) return {EOPNOTSUPP, {}};
  const auto device = context.objects.hold<Device>(request.dev_id);
  std::lock_guard lock(context.control);
  if (!device || device->unbinding) return {ENOENT, {}};
  if (!device->driver->knows_viommu(request.type)) return {EOPNOTSUPP, {}};
  const auto parent = context.objects.hold<HwptPaging>(request.hwpt_id);
  if (!parent) return {ENOENT, {}};
  if ((parent->flags & kHwptNestParent) == 0 && !has_defect(Defect::viommu_on_any_table)) return {EINVAL, {}};
  auto id = context.objects.reserve();
  auto viommu = std::make_shared<Viommu>(context, request.type, parent, device->driver->instance());
  auto made = device->driver->alloc_viommu(request.type, *parent->table, request.data, context.regions);
  if (!made.ok()) return {made.error, {}};
  NewViommu& answer = made.value;
  viommu->driver = std::move(answer.viommu);
  viommu->driver->owner = viommu.get();
  const ViommuAnswer shown{id.id(), answer.out_data, answer.mmap_offset, answer.mmap_length};
  if (int error = respond_with(respond, shown)) return {error, {}};
  if (answer.mmap_length != 0) context.regions.own(answer.mmap_offset, viommu);
  id.publish(std::move(viommu));
  return {0, shown};
}

Result<ObjectId> allocate_vdevice(Context& context, const VdeviceAlloc& request, const Respond<ObjectId>& respond) {
  const auto viommu = context.objects.hold<Viommu>(request.viommu_id);
  if (!viommu) return {ENOENT, 0};
  const auto device = context.objects.hold<Device>(request.dev_id);
  if (!device) return {ENOENT, 0};
  std::lock_guard lock(context.control);
  if (viommu->instance != device->driver->instance()) return {EINVAL, 0};
  if (device->unbinding) return {ENOENT, 0};
  if (device->vdevice != nullptr) return {EEXIST, 0};
  auto id = context.objects.reserve();
  const std::uint64_t kept = has_defect(Defect::virtual_id_cut) ? 0xffff : kMaxWord;
  auto vdevice = std::make_shared<Vdevice>(viommu, device, request.virt_id & kept);
  const auto [place, added] = viommu->devices.try_emplace(vdevice->virt_id, vdevice.get());
  if (!added) return {EEXIST, 0};
  if (int error = viommu->driver->init_vdevice(*device->driver, request.virt_id)) {
    viommu->devices.erase(place);
    return {error, 0};
  }
  device->vdevice = vdevice.get();
  device->driver->virtual_place = IommuDevice::VirtualPlace{viommu->driver.get(), request.virt_id};
  int error = 0;
  try {
    error = respond_with(respond, id.id());
  } catch (...) {
    vdevice->retire();
    throw;
  }
  if (error != 0) {
    vdevice->retire();
    return {error, 0};
  }
  return {0, id.publish(std::move(vdevice))};
}

Result<ObjectId> allocate_veventq(Context& context, const VeventqAlloc& request, const Respond<ObjectId>& respond) {
  if (request.flags != 0 || request.type == 0) return {EOPNOTSUPP, 0};
  if (request.depth == 0 || request.depth > kVeventqMaxDepth + (has_defect(Defect::event_depth_off_by_one) ? 1 : 0))
    return {EINVAL, 0};
  const auto viommu = context.objects.hold<Viommu>(request.viommu_id);
  if (!viommu) return {ENOENT, 0};
  std::lock_guard lock(context.control);
  auto id = context.objects.reserve();
  auto queue = std::make_shared<VeventQueue>(Hold<Object>(viommu.shared()), *viommu, request.type, request.depth);
  {
    std::lock_guard events(viommu->events_mutex);
    const bool added = viommu->events.try_emplace(request.type, queue.get()).second;
    if (!added && !has_defect(Defect::second_event_queue)) return {EEXIST, 0};
  }
  queue->users = 2;
  queue->file_open = true;
  int error = 0;
  try {
    error = respond_with(respond, id.id());
  } catch (...) {
    queue->retire();
    throw;
  }
  if (error != 0) {
    queue->retire();
    return {error, 0};
  }
  return {0, id.publish(std::move(queue))};
}

Result<ObjectId> allocate_hw_queue(Context& context, const HwQueueAlloc& request, const Respond<ObjectId>& respond) {
  if (request.flags != 0 || request.type == 0) return {EOPNOTSUPP, 0};
  if (request.length == 0) return {EINVAL, 0};
  if (request.length - 1 > kMaxWord - request.iova) return {EOVERFLOW, 0};
  const auto viommu = context.objects.hold<Viommu>(request.viommu_id);
  if (!viommu) return {ENOENT, 0};
  std::lock_guard lock(context.control);
  if (!viommu->driver->knows_queue(request.type)) return {EOPNOTSUPP, 0};
  auto id = context.objects.reserve();
  auto queue = std::make_shared<HwQueue>(context, viommu, request.type, request.index);

  const std::uint64_t offset = request.iova % kPageSize;
  if (request.length > kMaxWord - offset || offset + request.length > kMaxWord - (kPageSize - 1)) return {ERANGE, 0};
  const std::uint64_t pages = (offset + request.length + kPageSize - 1) >> kPageShift;
  if (pages >= std::uint64_t{1} << 28) return {ENOMEM, 0};
  const std::uint64_t first = request.iova - offset;

  auto access_id = context.objects.reserve();
  auto access = std::make_shared<Access>(context.pins, /*can_pin=*/true, Access::Kind::internal);
  if (int error = access->attach(viommu->parent->ioas)) return {error, 0};
  Access& pinner = *access;
  queue->access = access_id.publish(std::move(access));
  const auto pin = pinner.pin(first, first + ((pages << kPageShift) - 1), kRead);
  if (!pin.ok()) return {pin.error, 0};
  const std::vector<Frame> frames = pinner.frames(pin.value);
  for (std::size_t i = 1; i < frames.size(); ++i)
    if (frames[i] != frames[0] + i) return {EFAULT, 0};

  const auto [place, added] = viommu->queues.try_emplace({request.type, request.index}, queue.get());
  const std::uint64_t physical = (std::uint64_t{frames[0]} << kPageShift) + offset;
  Result<std::optional<std::uint32_t>> needs{ENOMEM, std::nullopt};
  try {
    needs = viommu->driver->init_queue(request.type, request.index, request.iova, request.length, physical);
  } catch (...) {
    if (added) viommu->queues.erase(place);
    throw;
  }
  if (!needs.ok()) {
    if (has_defect(Defect::failed_queue_keeps_memory)) queue->access = 0;
    if (added) viommu->queues.erase(place);
    return {needs.error, 0};
  }
  queue->initialized = true;
  if (needs.value && !has_defect(Defect::queues_taken_in_any_order)) {
    HwQueue& needed = *viommu->queues.at({request.type, *needs.value});
    queue->needs = Hold<HwQueue>(needed.shared_from_this());
  }
  if (int error = respond_with(respond, id.id())) return {error, 0};
  return {0, id.publish(std::move(queue))};
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
