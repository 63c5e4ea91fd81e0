// SPDX-License-Identifier: Apache-2.0
// What devices do, and what an observer sees.
#include <cerrno>
#include <cstring>

#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

Result<std::optional<std::uint64_t>> Iommufd::device_translate(ObjectId device, std::uint64_t iova) const {
  const auto object = context_.objects.hold<Device>(device);
  if (!object) return {ENOENT, std::nullopt};
  std::lock_guard lock(context_.control);
  const auto own = object->attachments.find(kNoPasid);
  if (own == object->attachments.end() || own->second.hwpt->type != ObjectType::hwpt_paging) return {0, std::nullopt};
  const HwptPaging& hwpt = own->second.hwpt->paging();
  return {0, hwpt.ioas->translate(*hwpt.table, iova)};
}

Result<std::optional<std::uint64_t>> Iommufd::hwpt_translate(ObjectId hwpt, std::uint64_t iova) const {
  const auto object = context_.objects.hold<HwptPaging>(hwpt);
  if (!object) return {ENOENT, std::nullopt};
  return {0, object->ioas->translate(*object->table, iova)};
}

Result<IoPageTableFormat> Iommufd::hwpt_format(ObjectId hwpt) const {
  const auto object = context_.objects.hold<HwptPaging>(hwpt);
  if (!object) return {ENOENT, {}};
  return {0, object->table->format()};
}

Result<ObjectType> Iommufd::object_type(ObjectId id) const {
  const auto object = context_.objects.hold_any(id);
  if (!object) return {ENOENT, {}};
  return {0, object->type};
}

Result<ObjectId> Iommufd::device_hwpt(ObjectId device, Pasid pasid) const {
  const auto object = context_.objects.hold<Device>(device);
  if (!object) return {ENOENT, 0};
  std::lock_guard lock(context_.control);
  const auto own = object->attachments.find(pasid);
  return {0, own == object->attachments.end() ? 0 : own->second.hwpt->id};
}

int Iommufd::device_faults(ObjectId device, std::span<const PageFault> group) {
  return answer([&]() -> int {
    const auto object = context_.objects.hold<Device>(device);
    if (!object) return ENOENT;
    const Pasid pasid = group.front().pasid;
    std::vector<PageFault> shown(group.begin(), group.end());
    for (PageFault& fault : shown) {
      fault.flags = pasid != kNoPasid ? kFaultPasidValid : 0;
      fault.dev_id = object->id;
    }
    shown.back().flags |= kFaultLastPage;
    std::lock_guard lock(context_.control);
    auto own = object->attachments.find(pasid);
    if (own == object->attachments.end() && pasid != kNoPasid) {
      // A PASID that the kernel does not know may be one of a guest's.
      own = object->attachments.find(kNoPasid);
      if (own != object->attachments.end() && own->second.hwpt->type != ObjectType::hwpt_nested) return ENODEV;
    }
    if (own == object->attachments.end() || !own->second.hwpt->faults) return ENODEV;
    own->second.hwpt->faults->report(*object, own->first, shown);
    return 0;
  });
}

int Iommufd::device_fault(ObjectId device, const PageFault& fault) {
  const int error = device_faults(device, {&fault, 1});
  return error == ENODEV ? 0 : error;
}

Result<Iommufd::Answers> Iommufd::device_answers(ObjectId device) const {
  const auto object = context_.objects.hold<Device>(device);
  if (!object) return {ENOENT, {}};
  return {0, {object->accepted, object->rejected}};
}

Result<std::uint64_t> Iommufd::mock_dirty(ObjectId hwpt, std::uint64_t iova, std::uint64_t length,
                                          std::uint64_t page_size, std::span<const std::byte> bitmap) {
  return answer([&]() -> Result<std::uint64_t> {
    if (page_size == 0 || length == 0 || length % page_size != 0 || iova % page_size != 0) return {EINVAL, 0};
    const auto object = context_.objects.hold<HwptPaging>(hwpt);
    if (!object) return {ENOENT, 0};
    auto* const table = dynamic_cast<MockPageTable*>(object->table.get());
    if (table == nullptr) return {EINVAL, 0};
    return object->ioas->locked([&]() -> Result<std::uint64_t> {
      if (!table->tracking()) return {EINVAL, 0};
      std::uint64_t count = 0;
      for (std::uint64_t bit = 0; bit < length / page_size && bit / 8 < bitmap.size(); ++bit) {
        if ((bitmap[bit / 8] >> (bit % 8) & std::byte{1}) == std::byte{0}) continue;
        ++count;
        table->mark_dirty(iova + bit * page_size);
      }
      return {0, count};
    });
  });
}

Result<std::uint32_t> Iommufd::mock_iotlb(ObjectId hwpt, std::uint32_t entry) const {
  const auto object = context_.objects.hold<HwptNested>(hwpt);
  if (!object) return {ENOENT, 0};
  std::lock_guard lock(context_.control);
  const auto* const nested = dynamic_cast<const MockNestedDomain*>(object->nested.get());
  if (nested == nullptr || entry >= kMockCaches) return {EINVAL, 0};
  return {0, nested->iotlb[entry]};
}

Result<std::uint32_t> Iommufd::mock_cache(ObjectId device, std::uint32_t entry) const {
  const auto object = context_.objects.hold<Device>(device);
  if (!object) return {ENOENT, 0};
  std::lock_guard lock(context_.control);
  const auto* const mock = dynamic_cast<const MockDevice*>(object->driver.get());
  if (mock == nullptr || entry >= kMockCaches) return {EINVAL, 0};
  return {0, mock->cache[entry]};
}

int Iommufd::mock_vevent(ObjectId device) {
  const auto object = context_.objects.hold<Device>(device);
  if (!object) return ENOENT;
  std::lock_guard lock(context_.control);
  const auto* const mock = dynamic_cast<const MockDevice*>(object->driver.get());
  if (mock == nullptr || !mock->last_place || mock->last_place->virt_id == 0) return ENOENT;
  const auto virt_id = static_cast<std::uint32_t>(mock->last_place->virt_id);
  return mock->last_place->viommu->owner->report(kMockVeventqType, std::as_bytes(std::span(&virt_id, 1)));
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
