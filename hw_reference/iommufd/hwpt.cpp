// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/hwpt.hpp"

#include <cerrno>
#include <utility>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/context.hpp"
#include "hw_reference/iommufd/device.hpp"
#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint32_t kNestedFlags = kHwptFaultIdValid | kHwptPasid;

using NewHwpt = Result<std::shared_ptr<Hwpt>>;

// The driver does not see whether page requests are taken.
std::uint32_t for_driver(std::uint32_t flags) { return flags & ~kHwptFaultIdValid; }

NewHwpt make_paging(const HwptAlloc& request, Device& device, const Hold<Ioas>& ioas) {
  constexpr std::uint32_t kKnown = kHwptNestParent | kHwptDirtyTracking | kHwptFaultIdValid | kHwptPasid;
  const std::uint32_t flags = request.flags;
  if ((flags & ~kKnown) != 0) return {EOPNOTSUPP, nullptr};
  if ((flags & kHwptDirtyTracking) != 0 && !device.driver->tracks_dirty()) return {EOPNOTSUPP, nullptr};
  if ((flags & kHwptFaultIdValid) != 0 && (flags & kHwptNestParent) != 0 && !has_defect(Defect::parent_takes_faults))
    return {EOPNOTSUPP, nullptr};
  auto table = device.driver->alloc_paging(for_driver(flags), request.data, ioas->areas());
  if (!table.ok()) return {table.error, nullptr};
  auto hwpt = std::make_shared<HwptPaging>(ioas, std::move(table.value), flags, device.driver->instance(),
                                           /*is_automatic=*/false);
  if (int error = hwpt->join()) return {error, nullptr};
  return {0, std::move(hwpt)};
}

NewHwpt make_nested(const HwptAlloc& request, Device& device, const Hold<HwptPaging>& parent) {
  if ((request.flags & ~kNestedFlags) != 0 || request.data.length == 0 || !device.driver->can_nest())
    return {EOPNOTSUPP, nullptr};
  if (parent->automatic || (parent->flags & kHwptNestParent) == 0 || parent->instance != device.driver->instance())
    return {EINVAL, nullptr};
  auto nested = device.driver->alloc_nested(for_driver(request.flags), *parent->table, request.data);
  if (!nested.ok()) return {nested.error, nullptr};
  return {0, std::make_shared<HwptNested>(*parent, Hold<Object>(parent.shared()), std::move(nested.value),
                                          (request.flags & kHwptPasid) != 0)};
}

NewHwpt make_nested(const HwptAlloc& request, Device& device, const Hold<Viommu>& viommu) {
  if (viommu->instance != device.driver->instance()) return {EINVAL, nullptr};
  if ((request.flags & ~kNestedFlags) != 0 || request.data.length == 0 || !viommu->driver->can_nest())
    return {EOPNOTSUPP, nullptr};
  auto nested = viommu->driver->alloc_nested(for_driver(request.flags), request.data);
  if (!nested.ok()) return {nested.error, nullptr};
  return {0, std::make_shared<HwptNested>(*viommu->parent, Hold<Object>(viommu.shared()), std::move(nested.value),
                                          (request.flags & kHwptPasid) != 0)};
}

}  // namespace

void HwptPaging::retire() {
  if (!ioas) return;
  if (joined_) ioas->remove_table(*table);
  std::erase(ioas->automatic, this);
  faults.reset();
  ioas.reset();
}

int HwptPaging::join() {
  const int error = ioas->add_table(*table);
  joined_ = error == 0;
  return error;
}

void HwptNested::retire() {
  nested.reset();
  faults.reset();
  holder_.reset();
}

Result<ObjectId> allocate_hwpt(Context& context, const HwptAlloc& request, const Respond<ObjectId>& respond) {
  const bool no_type = request.data.type == 0;
  const bool no_data = request.data.length == 0;
  if (no_type != no_data) return {EINVAL, 0};
  const auto device = context.objects.hold<Device>(request.dev_id);
  std::lock_guard lock(context.control);
  if (!device || device->unbinding) return {ENOENT, 0};
  const auto target = context.objects.hold_any(request.pt_id);
  if (!target) return {EINVAL, 0};
  auto id = context.objects.reserve();
  NewHwpt made{EINVAL, nullptr};
  if (target->type == ObjectType::ioas)
    made = make_paging(request, *device, Hold<Ioas>(std::static_pointer_cast<Ioas>(target.shared())));
  else if (target->type == ObjectType::hwpt_paging)
    made = make_nested(request, *device, Hold<HwptPaging>(std::static_pointer_cast<HwptPaging>(target.shared())));
  else if (target->type == ObjectType::viommu)
    made = make_nested(request, *device, Hold<Viommu>(std::static_pointer_cast<Viommu>(target.shared())));
  if (!made.ok()) return {made.error, 0};
  if ((request.flags & kHwptFaultIdValid) != 0) {
    made.value->faults = context.objects.hold<FaultQueue>(request.fault_id);
    if (!made.value->faults) {
      if (has_defect(Defect::failed_hwpt_holds)) ++made.value->paging().ioas->users;
      return {ENOENT, 0};
    }
  }
  if (int error = respond_with(respond, id.id())) return {error, 0};
  return {0, id.publish(std::move(made.value))};
}

int invalidate_hwpt(Context& context, ObjectId id, const Invalidation& invalidation, std::uint32_t& done) {
  constexpr std::uint32_t kMostEntries = 1U << 19;
  done = 0;
  if (invalidation.number != 0 && (!invalidation.has_address() || invalidation.length == 0 ||
                                   invalidation.length > kPageSize || invalidation.number > kMostEntries))
    return EINVAL;
  std::lock_guard lock(context.control);
  const auto object = context.objects.hold_any(id);
  if (!object) return ENOENT;
  if (object->type == ObjectType::hwpt_nested)
    return static_cast<HwptNested&>(*object).nested->invalidate(invalidation, done);
  if (object->type != ObjectType::viommu) return has_defect(Defect::paging_is_invalidated) ? 0 : EINVAL;
  auto& viommu = static_cast<Viommu&>(*object);
  return viommu.driver->invalidate(invalidation, done, [&viommu](std::uint64_t virt_id) -> IommuDevice* {
    const auto found = viommu.devices.find(virt_id);
    return found == viommu.devices.end() ? nullptr : found->second->device->driver.get();
  });
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
