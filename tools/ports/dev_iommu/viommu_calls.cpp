// SPDX-License-Identifier: Apache-2.0
// vIOMMUs, the devices that guests know, mapped registers and hardware queues: spec/iommufd/viommu.law and
// hw_queue.law.
#include <sys/mman.h>

#include <array>
#include <cerrno>

#include "tools/ports/dev_iommu/divergences.hpp"
#include "tools/ports/dev_iommu/driver_data.hpp"
#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

using Thing = ClientThings::Thing;

// Bytes of a hardware queue: up to the first the kernel's list of its pages is short, from the second on it makes none.
constexpr std::uint64_t kFewPages = 0x100'0000;
constexpr std::uint64_t kListedPages = 0xff'ffff'f000;

PortAnswer viommu_alloc(Kernel& kernel, Arguments a) {
  MockViommuData data{1, 0, 0, 0};
  const DriverBytes bytes = driver_bytes(a[3], kMockViommu, &data, sizeof(data));
  ViommuAlloc command;
  command.dev_id = kernel.handles.idev(a[0]);
  command.hwpt_id = kernel.handles.live_id(a[1], Kind::hwpt);
  command.type = driver_type(a[2], kMockViommu);
  command.data_len = bytes.length;
  command.data_uptr = bytes.address;
  command.flags = a[4] != 0 ? kUnknownFlag : 0;
  // The driver answers into `data`, too, which another process would not share.
  kernel.rehearse(kViommuAlloc, &command);
  if (const int error = kernel.request(kViommuAlloc, &command); error != 0) return failure(error);
  Handles::Extra extra;
  extra.offset = data.out_mmap_offset;
  extra.length = data.out_mmap_length;
  return success(kernel.handles.add_object(Kind::viommu, command.out_viommu_id, extra));
}

PortAnswer vdevice_alloc(Kernel& kernel, Arguments a) {
  VdeviceAlloc command;
  command.viommu_id = kernel.handles.id(a[0]);
  command.dev_id = kernel.handles.idev(a[1]);
  command.virt_id = a[2];
  if (const int error = kernel.request_after_rehearsal(kVdeviceAlloc, &command); error != 0) return failure(error);
  return success(kernel.handles.add_object(Kind::vdevice, command.out_vdevice_id));
}

PortAnswer hw_queue_alloc(Kernel& kernel, Arguments a) {
  const Handles::Extra* viommu = kernel.handles.extra(a[0], Kind::viommu);
  if (kernel.avoids_divergences && viommu != nullptr && viommu->forgets_queues) return divergence_3();
  HwQueueAlloc command;
  command.viommu_id = kernel.handles.id(a[0]);
  command.type = driver_type(a[1], kMockHwQueue);
  command.index = static_cast<std::uint32_t>(a[2]);
  command.nesting_parent_iova = a[3];
  command.length = a[4];
  command.flags = a[5] != 0 ? kUnknownFlag : 0;
  // A kernel in need of memory ends programs before it refuses.
  const bool lists_pages =
      kernel.handles.extra(a[0], Kind::viommu) != nullptr && command.type == kMockHwQueue && a[5] == 0;
  const std::uint64_t bytes = a[3] % ClientMemory::kPageSize + a[4];
  if (lists_pages && bytes > kFewPages && bytes <= kListedPages)
    return unsupported("its list of pages may take all memory");
  // What is undone of the second queue is undone wrongly (divergence_3).
  const int error = command.index == 0 ? kernel.request_after_rehearsal(kHwQueueAlloc, &command)
                                       : kernel.request_from_anywhere(kHwQueueAlloc, &command);
  if (error != 0) return failure(error);
  Handles::Extra extra;
  extra.viommu = a[0];
  extra.index = command.index;
  return success(kernel.handles.add_object(Kind::hw_queue, command.out_hw_queue_id, extra));
}

PortAnswer hw_queue_destroy(Kernel& kernel, Arguments a) {
  const Handles::Extra* queue = kernel.handles.extra(a[0], Kind::hw_queue);
  Handles::Extra* viommu =
      queue != nullptr && queue->index > 0 ? kernel.handles.extra(queue->viommu, Kind::viommu) : nullptr;
  const PortAnswer answer = kernel.destroy(a[0], Kind::hw_queue);
  if (viommu != nullptr && answer.error == 0) viommu->forgets_queues = true;
  return answer;
}

// Arguments: vIOMMU, sharing, executable, place, whole.
PortAnswer region_map(Kernel& kernel, Arguments a) {
  enum : std::uint64_t { at_region, nowhere, inside };
  constexpr std::uint64_t kFarAway = std::uint64_t{1} << 40;
  const Handles::Extra* viommu = kernel.handles.extra(a[0], Kind::viommu);
  if (viommu == nullptr || viommu->length == 0) return unsupported("the vIOMMU offers no registers");
  std::uint64_t offset = viommu->offset;
  if (a[3] == nowhere) offset = kFarAway;
  if (a[3] == inside) offset += ClientMemory::kPageSize;
  const std::uint64_t length = a[4] != 0 ? viommu->length : viommu->length - ClientMemory::kPageSize;
  const int protection = PROT_READ | PROT_WRITE | (a[2] != 0 ? PROT_EXEC : 0);
  const std::int64_t memory =
      kernel.system().mmap(length, protection, a[1] == 0 ? MAP_SHARED : MAP_PRIVATE, kernel.fd(), offset);
  if (memory < 0) return failure(static_cast<int>(-memory));
  Thing mapping{ClientThings::Kind::mapping};
  mapping.mapped = {reinterpret_cast<void*>(memory), length};
  return success(kernel.things.add(mapping));
}

// A child that has this mapping and no other, and no file.
PortAnswer region_fork(Kernel& kernel, Arguments a) {
  const Thing* mapping = kernel.things.find(a[0], ClientThings::Kind::mapping);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  if (mapping->mapped.address == nullptr) return unsupported("a mapping of another process cannot be forked from here");
  const int child = kernel.system().fork(mapping->mapped, kernel.things.mappings_without(*mapping));
  if (child < 0) return unsupported("no other process could be started");
  Thing copy{ClientThings::Kind::mapping};
  copy.child = child;
  return success(kernel.things.add(copy));
}

// The first page becomes readable alone, so the kernel has to tell it from the rest.
PortAnswer region_split(Kernel& kernel, Arguments a) {
  Thing* mapping = kernel.things.find(a[0], ClientThings::Kind::mapping);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  if (mapping->mapped.address == nullptr) return unsupported("a mapping of another process cannot be split from here");
  if (mapping->mapped.length <= ClientMemory::kPageSize) return unsupported("a mapping of one page has no parts");
  const Mapped first{mapping->mapped.address, ClientMemory::kPageSize};
  if (kernel.system().mprotect(first, PROT_READ) != 0) return unsupported("a mapping cannot be split here");
  Thing rest{ClientThings::Kind::mapping};
  rest.mapped = {static_cast<std::byte*>(first.address) + first.length, mapping->mapped.length - first.length};
  mapping->mapped = first;
  return success(kernel.things.add(rest));
}

PortAnswer region_unmap(Kernel& kernel, Arguments a) {
  Thing* mapping = kernel.things.find(a[0], ClientThings::Kind::mapping);
  if (mapping == nullptr) return unsupported("there is no such mapping in the client");
  kernel.things.end(*mapping);
  return success();
}

constexpr auto kViommuCalls = std::to_array<Call>({
    {"viommu.alloc", 5, viommu_alloc},
    {"viommu.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::viommu); }},
    {"vdevice.alloc", 3, vdevice_alloc},
    {"vdevice.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::vdevice); }},
    {"hw_queue.alloc", 6, hw_queue_alloc},
    {"hw_queue.destroy", 1, hw_queue_destroy},
    {"region.map", 5, region_map},
    {"region.fork", 1, region_fork},
    {"region.split", 1, region_split},
    {"region.unmap", 1, region_unmap},
});

}  // namespace

std::span<const Call> viommu_calls() { return kViommuCalls; }

}  // namespace iolaw::dev_iommu
