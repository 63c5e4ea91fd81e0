// SPDX-License-Identifier: Apache-2.0
// Virtual IOMMUs, the devices that guests know, mapped registers and hardware queues.
#include <array>
#include <cerrno>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

PortAnswer alloc(World& w, Arguments a) {
  static constexpr hw::MockViommuData kData{1, 0, 0, 0};
  hw::ViommuAlloc request;
  request.dev_id = w.device(a[0]);
  request.hwpt_id = w.live(a[1], Kind::hwpt);
  request.type = driver_type(a[2], hw::kMockViommuType);
  request.data = user_data(a[3], hw::kMockViommuType, std::as_bytes(std::span(&kData, 1)));
  request.flags = a[4] != 0 ? kUnknownFlag : 0;
  const auto made = w.iommufd->viommu_alloc(request);
  if (!made.ok()) return failed(made.error);
  w.region(made.value.id) = {made.value.mmap_offset, made.value.mmap_length};
  return w.made(made.value.id, Kind::viommu);
}

PortAnswer alloc_vdevice(World& w, Arguments a) {
  const auto made = w.iommufd->vdevice_alloc({w.id(a[0]), w.device(a[1]), a[2]});
  return made.ok() ? w.made(made.value, Kind::vdevice) : failed(made.error);
}

PortAnswer alloc_queue(World& w, Arguments a) {
  if (a[2] >> 32 != 0) return unsupported("the number of a queue has 32 bits");
  hw::HwQueueAlloc request;
  request.viommu_id = w.id(a[0]);
  request.type = driver_type(a[1], hw::kMockHwQueueType);
  request.index = static_cast<std::uint32_t>(a[2]);
  request.iova = a[3];
  request.length = a[4];
  request.flags = a[5] != 0 ? kUnknownFlag : 0;
  const auto made = w.iommufd->hw_queue_alloc(request);
  return made.ok() ? w.made(made.value, Kind::hw_queue) : failed(made.error);
}

// Arguments: vIOMMU, sharing, executable, place, whole.
PortAnswer map(World& w, Arguments a) {
  enum : std::uint64_t { at_region, nowhere, inside };
  constexpr std::uint64_t kFarAway = std::uint64_t{1} << 40;
  const hw::ObjectId viommu = w.live(a[0], Kind::viommu);
  const Region region = w.region(viommu);
  if (viommu == 0 || region.length == 0) return unsupported("the vIOMMU offers no registers");
  hw::MmapRequest request;
  request.offset = a[3] == nowhere ? kFarAway : region.offset + (a[3] == inside ? hw::kPageSize : 0);
  request.length = a[4] != 0 ? region.length : region.length - hw::kPageSize;
  request.shared = a[1] == 0;
  request.executable = a[2] != 0;
  const auto mapping = w.iommufd->mmap(request);
  return mapping.ok() ? succeeded(w.add(Mapping{mapping.value})) : failed(mapping.error);
}

PortAnswer fork(World& w, Arguments a) {
  const Mapping* mapping = w.find<Mapping>(a[0]);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  const auto copy = w.iommufd->mapping_fork(mapping->id);
  return copy.ok() ? succeeded(w.add(Mapping{copy.value})) : failed(copy.error);
}

PortAnswer split(World& w, Arguments a) {
  const Mapping* mapping = w.find<Mapping>(a[0]);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  const auto rest = w.iommufd->mapping_split(mapping->id, 1);
  return rest.ok() ? succeeded(w.add(Mapping{rest.value})) : failed(rest.error);
}

PortAnswer unmap(World& w, Arguments a) {
  const Mapping* mapping = w.find<Mapping>(a[0]);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  return failed(w.iommufd->munmap(mapping->id));
}

constexpr auto kViommuOperations = std::to_array<Operation>({
    {"viommu.alloc", 5, alloc},
    {"viommu.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::viommu); }},
    {"vdevice.alloc", 3, alloc_vdevice},
    {"vdevice.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::vdevice); }},
    {"hw_queue.alloc", 6, alloc_queue},
    {"hw_queue.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::hw_queue); }},
    {"region.map", 5, map},
    {"region.fork", 1, fork},
    {"region.split", 1, split},
    {"region.unmap", 1, unmap},
});

}  // namespace

std::span<const Operation> viommu_operations() { return kViommuOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
