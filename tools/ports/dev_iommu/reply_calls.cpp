// SPDX-License-Identifier: Apache-2.0
// Calls whose struct can be read but not written: spec/iommufd/reply.law.
#include <array>
#include <cstring>

#include "tools/ports/dev_iommu/kernel.hpp"
#include "tools/ports/dev_iommu/struct_memory.hpp"

namespace iolaw::dev_iommu {
namespace {

template <typename Command>
PortAnswer request_unanswered(Kernel& kernel, unsigned long number, const Command& command) {
  static_assert(sizeof(Command) <= StructMemory::kBytes);
  const StructMemory memory;
  if (!memory.good()) return unsupported("no memory for a struct");
  std::memcpy(memory.begin(), &command, sizeof(command));
  return done(kernel.request(number, memory.unwritable()));
}

PortAnswer alloc(Kernel& kernel, Arguments) { return request_unanswered(kernel, kIoasAlloc, IoasAlloc{}); }

PortAnswer alloc_fault_queue(Kernel& kernel, Arguments) {
  return request_unanswered(kernel, kFaultQueueAlloc, FaultQueueAlloc{});
}

PortAnswer map(Kernel& kernel, Arguments a) {
  IoasMap command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.user_va = a[1];
  command.length = a[2];
  command.iova = a[3];
  command.flags = map_flags(a[4]);
  return request_unanswered(kernel, kIoasMap, command);
}

PortAnswer unmap_all(Kernel& kernel, Arguments a) {
  IoasUnmap command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.iova = 0;
  command.length = ~std::uint64_t{0};
  return request_unanswered(kernel, kIoasUnmap, command);
}

PortAnswer allow_large_pages(Kernel& kernel, Arguments a) {
  Option command;
  command.option_id = kOptionHugePages;
  command.object_id = kernel.handles.id(a[0]);
  command.val64 = 1;
  return request_unanswered(kernel, kOption, command);
}

constexpr auto kReplyCalls = std::to_array<Call>({
    {"reply.alloc", 0, alloc},
    {"reply.alloc_fault_queue", 0, alloc_fault_queue},
    {"reply.map", 5, map},
    {"reply.unmap_all", 1, unmap_all},
    {"reply.allow_large_pages", 1, allow_large_pages},
});

}  // namespace

std::span<const Call> reply_calls() { return kReplyCalls; }

}  // namespace iolaw::dev_iommu
