// SPDX-License-Identifier: Apache-2.0
// The calls on page tables, devices, queues of events and virtual IOMMUs.
#include <bit>
#include <cerrno>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/iommufd/selftest.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// ---- hardware page tables
// -----------------------------------------------------------------------------------------------

Result<ObjectId> Iommufd::hwpt_alloc(const HwptAlloc& request, const Respond<ObjectId>& respond) {
  return answer([&] { return allocate_hwpt(context_, request, respond); });
}

int Iommufd::hwpt_set_dirty_tracking(ObjectId hwpt, std::uint32_t flags) {
  return answer([&]() -> int {
    if ((flags & ~1U) != 0) return EOPNOTSUPP;
    const auto object = context_.objects.hold<HwptPaging>(hwpt);
    if (!object) return ENOENT;
    if (!object->table->tracks_dirty() && !has_defect(Defect::any_table_tracks)) return EOPNOTSUPP;
    return object->ioas->set_dirty_tracking(*object->table, flags == 1);
  });
}

int Iommufd::hwpt_get_dirty_bitmap(ObjectId hwpt, std::uint32_t flags, std::uint64_t iova, std::uint64_t length,
                                   std::uint64_t page_size, std::span<std::byte> bitmap) {
  return hwpt_get_dirty_bitmap(hwpt, flags, iova, length, page_size, [&](std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t bit = first; bit <= last && bit / 8 < bitmap.size(); ++bit)
      bitmap[bit / 8] |= std::byte{1} << (bit % 8);
  });
}

int Iommufd::hwpt_get_dirty_bitmap(ObjectId hwpt, std::uint32_t flags, std::uint64_t iova, std::uint64_t length,
                                   std::uint64_t page_size, const SetBits& set) {
  return answer([&]() -> int {
    if ((flags & ~1U) != 0) return EOPNOTSUPP;
    const auto object = context_.objects.hold<HwptPaging>(hwpt);
    if (!object) return ENOENT;
    if (length == 0) return EINVAL;
    if (wraps(iova, length)) return EOVERFLOW;
    const std::uint64_t ends = iova | (iova + length);
    if (ends % object->ioas->alignment() != 0 && !has_defect(Defect::dirty_any_alignment)) return EINVAL;
    if (page_size == 0 || (ends & (page_size - 1)) != 0) return EINVAL;
    if (!object->table->tracks_dirty()) return EOPNOTSUPP;
    object->ioas->read_dirty(*object->table, {iova, iova + (length - 1)}, page_size & -page_size, flags == 1, set);
    return 0;
  });
}

int Iommufd::hwpt_invalidate(ObjectId id, const Invalidation& invalidation, std::uint32_t& done) {
  return answer([&] { return invalidate_hwpt(context_, id, invalidation, done); });
}

// ---- queues of page requests and of events
// ------------------------------------------------------------------------------

Result<ObjectId> Iommufd::fault_alloc(std::uint32_t flags, const Respond<ObjectId>& respond) {
  return answer([&]() -> Result<ObjectId> {
    if (flags != 0) return {EOPNOTSUPP, 0};
    auto id = context_.objects.reserve();
    auto queue = std::make_shared<FaultQueue>();
    queue->users = 2;
    queue->file_open = true;
    if (int error = respond_with(respond, id.id())) return {error, 0};
    return {0, id.publish(std::move(queue))};
  });
}

Result<std::vector<PageFault>> Iommufd::fault_read(ObjectId fault, std::uint64_t size) {
  return answer([&]() -> Result<std::vector<PageFault>> {
    const auto queue = context_.objects.hold<FaultQueue>(fault);
    if (!queue || !queue->file_open) return {EBADF, {}};
    return queue->read(size);
  });
}

Result<std::uint64_t> Iommufd::fault_read(ObjectId fault, std::uint64_t size, const FaultQueue::Deliver& deliver) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto queue = context_.objects.hold<FaultQueue>(fault);
    if (!queue || !queue->file_open) return {EBADF, 0};
    return queue->read(size, deliver);
  });
}

Result<std::uint64_t> Iommufd::fault_write(ObjectId fault, std::span<const PageResponse> responses,
                                           std::uint64_t size) {
  const auto queue = context_.objects.hold<FaultQueue>(fault);
  if (!queue || !queue->file_open) return {EBADF, 0};
  return queue->write(responses, size);
}

Result<std::vector<Vevent>> Iommufd::veventq_read(ObjectId id, std::uint64_t size) {
  return answer([&]() -> Result<std::vector<Vevent>> {
    const auto queue = context_.objects.hold<VeventQueue>(id);
    if (!queue || !queue->file_open) return {EBADF, {}};
    return queue->read(size);
  });
}

Result<std::uint64_t> Iommufd::veventq_read(ObjectId id, std::uint64_t size, const VeventQueue::Deliver& deliver) {
  return answer([&]() -> Result<std::uint64_t> {
    const auto queue = context_.objects.hold<VeventQueue>(id);
    if (!queue || !queue->file_open) return {EBADF, 0};
    return queue->read(size, deliver);
  });
}

int Iommufd::events_close(ObjectId id) {
  std::lock_guard lock(context_.control);
  const auto queue = context_.objects.hold_any(id);
  if (!queue || !queue->file_open.exchange(false)) return EBADF;
  if (!has_defect(Defect::closed_queue_busy)) queue->users.fetch_sub(1, std::memory_order_acq_rel);
  return 0;
}

Result<bool> Iommufd::events_readable(ObjectId id) const {
  const auto queue = context_.objects.hold_any(id);
  if (!queue || !queue->file_open) return {EBADF, false};
  if (queue->type == ObjectType::fault) return {0, static_cast<const FaultQueue&>(*queue).readable()};
  return {0, static_cast<const VeventQueue&>(*queue).readable()};
}

// ---- devices --------------------------------------------------------------------------------------------------------

Result<ObjectId> Iommufd::device_bind(std::unique_ptr<IommuDevice> driver, ObjectId beside) {
  return answer([&]() -> Result<ObjectId> {
    std::lock_guard lock(context_.control);
    std::shared_ptr<Group> group;
    if (beside != 0) {
      const auto other = context_.objects.hold<Device>(beside);
      if (!other || other->unbinding) return {ENOENT, 0};
      group = other->group;
    } else {
      group = std::make_shared<Group>();
    }
    auto id = context_.objects.reserve();
    return {0, id.publish(std::make_shared<Device>(std::move(driver), group))};
  });
}

Result<ObjectId> Iommufd::device_bind(const MockDeviceTraits& traits, ObjectId beside) {
  return answer([&] { return device_bind(std::make_unique<MockDevice>(traits), beside); });
}

int Iommufd::device_unbind(ObjectId device) { return unbind_device(context_, device); }

Result<ObjectId> Iommufd::device_attach(ObjectId device, Pasid pasid, ObjectId pt_id) {
  return answer([&]() -> Result<ObjectId> {
    const auto object = context_.objects.hold<Device>(device);
    std::lock_guard lock(context_.control);
    if (!object || object->unbinding) return {ENOENT, 0};
    return attach_device(context_, object, pasid, pt_id);
  });
}

Result<ObjectId> Iommufd::device_replace(ObjectId device, Pasid pasid, ObjectId pt_id) {
  return answer([&]() -> Result<ObjectId> {
    const auto object = context_.objects.hold<Device>(device);
    std::lock_guard lock(context_.control);
    if (!object || object->unbinding) return {ENOENT, 0};
    return replace_device(context_, object, pasid, pt_id);
  });
}

int Iommufd::device_detach(ObjectId device, Pasid pasid) {
  const auto object = context_.objects.hold<Device>(device);
  std::lock_guard lock(context_.control);
  if (!object || object->unbinding) return ENOENT;
  detach_device(context_, *object, pasid);
  return 0;
}

Result<HwInfo> Iommufd::device_hw_info(ObjectId device, std::uint32_t flags, std::uint32_t type) const {
  return answer([&]() -> Result<HwInfo> {
    if ((flags & ~1U) != 0) return {EOPNOTSUPP, {}};
    const auto object = context_.objects.hold<Device>(device);
    std::lock_guard lock(context_.control);
    if (!object || object->unbinding) return {ENOENT, {}};
    return object->driver->hw_info(flags == 0 ? 0 : type);
  });
}

Result<ObjectId> Iommufd::device_attach(ObjectId ioas) {
  return answer([&]() -> Result<ObjectId> {
    std::lock_guard lock(context_.control);
    const auto space = context_.objects.hold<Ioas>(ioas);
    if (!space) return {ENOENT, 0};
    auto id = context_.objects.reserve();
    auto device = std::make_shared<Device>(std::make_unique<MockDevice>(MockDeviceTraits{}), std::make_shared<Group>());
    const auto hwpt = attach_device(context_, Hold<Device>(device), kNoPasid, ioas);
    if (!hwpt.ok()) return {hwpt.error, 0};
    return {0, id.publish(std::move(device))};
  });
}

Result<Iommufd::MockDomain> Iommufd::mock_domain(ObjectId pt_id, std::uint32_t device_flags,
                                                 const Respond<MockDomain>& respond) {
  constexpr std::uint32_t kNoDirty = 1;
  constexpr std::uint32_t kPasids = 4;
  return answer([&]() -> Result<MockDomain> {
    if ((device_flags & ~(kNoDirty | kPasids)) != 0) return {EINVAL, {}};
    MockDeviceTraits traits;
    traits.dirty_tracking = (device_flags & kNoDirty) == 0;
    traits.pasid = (device_flags & kPasids) != 0;
    std::lock_guard lock(context_.control);
    auto stdev_id = context_.objects.reserve();
    auto id = context_.objects.reserve();
    auto device = std::make_shared<Device>(std::make_unique<MockDevice>(traits), std::make_shared<Group>());
    auto owner = std::make_shared<Selftest>(device);
    const auto hwpt = attach_device(context_, Hold<Device>(device), kNoPasid, pt_id);
    if (!hwpt.ok()) return {hwpt.error, {}};
    int error = 0;
    try {
      error = respond_with(respond, MockDomain{stdev_id.id(), id.id(), hwpt.value});
    } catch (...) {
      detach_device(context_, *device, kNoPasid);
      throw;
    }
    if (error != 0) {
      detach_device(context_, *device, kNoPasid);
      return {error, {}};
    }
    return {0, {stdev_id.publish(std::move(owner)), id.publish(std::move(device)), hwpt.value}};
  });
}

ObjectId Iommufd::mock_device(ObjectId stdev) const {
  const auto object = context_.objects.hold<Selftest>(stdev);
  return object ? object->device->id : 0;
}

// ---- virtual IOMMUs -------------------------------------------------------------------------------------------------

Result<ViommuAnswer> Iommufd::viommu_alloc(const ViommuAlloc& request, const Respond<ViommuAnswer>& respond) {
  return answer([&] { return allocate_viommu(context_, request, respond); });
}

Result<ObjectId> Iommufd::vdevice_alloc(const VdeviceAlloc& request, const Respond<ObjectId>& respond) {
  return answer([&] { return allocate_vdevice(context_, request, respond); });
}

Result<ObjectId> Iommufd::veventq_alloc(const VeventqAlloc& request, const Respond<ObjectId>& respond) {
  return answer([&] { return allocate_veventq(context_, request, respond); });
}

Result<ObjectId> Iommufd::hw_queue_alloc(const HwQueueAlloc& request, const Respond<ObjectId>& respond) {
  return answer([&] { return allocate_hw_queue(context_, request, respond); });
}

// ---- mmap -----------------------------------------------------------------------------------------------------------

Result<MappingId> Iommufd::mmap(const MmapRequest& request) {
  return answer([&] {
    std::lock_guard lock(context_.control);
    return context_.regions.map(request);
  });
}

Result<MappingId> Iommufd::mapping_split(MappingId mapping, std::uint64_t pages) {
  return answer([&] { return context_.regions.split(mapping, pages); });
}

Result<MappingId> Iommufd::mapping_fork(MappingId mapping) {
  return answer([&] { return context_.regions.fork(mapping); });
}

int Iommufd::munmap(MappingId mapping) { return context_.regions.unmap(mapping); }

std::span<std::byte> Iommufd::mapping_memory(MappingId mapping) { return context_.regions.memory(mapping); }

Result<std::uint32_t> Iommufd::mapping_read32(MappingId mapping, std::uint64_t offset) {
  return answer([&] { return context_.regions.read32(mapping, offset); });
}

int Iommufd::mapping_write32(MappingId mapping, std::uint64_t offset, std::uint32_t value) {
  return context_.regions.write32(mapping, offset, value);
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
