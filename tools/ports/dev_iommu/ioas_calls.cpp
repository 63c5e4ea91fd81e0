// SPDX-License-Identifier: Apache-2.0
// IO address spaces: spec/iommufd/ioas.law and what the law asks about client memory.
#include <array>
#include <cerrno>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

// No law of this size pins a page more often; Linux's page counts would allow 2^21.
constexpr std::uint32_t kMaxPins = 1 << 16;

PortAnswer ioas_alloc(Kernel& kernel, Arguments a) {
  IoasAlloc command;
  command.flags = a[0] != 0 ? kUnknownFlag : 0;
  if (const int error = kernel.request_after_rehearsal(kIoasAlloc, &command); error != 0) return failure(error);
  return success(kernel.handles.add_object(Kind::ioas, command.out_ioas_id));
}

// At an address that the kernel chooses, if it is not `fixed`: then the answer names it.
PortAnswer ioas_map(Kernel& kernel, Arguments a, bool fixed) {
  IoasMap command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.user_va = a[1];
  command.length = a[2];
  command.iova = a[3];
  command.flags = map_flags(a[4]) & (fixed ? ~0U : ~kFixedIova);
  command.reserved = a[5] != 0 ? 1 : 0;
  const int error = kernel.request(kIoasMap, &command);
  return error != 0 || fixed ? done(error) : success(command.iova);
}

PortAnswer ioas_copy(Kernel& kernel, Arguments a, bool fixed) {
  IoasCopy command;
  command.dst_ioas_id = kernel.handles.id(a[0]);
  command.src_ioas_id = kernel.handles.id(a[1]);
  command.length = a[2];
  command.dst_iova = a[3];
  command.src_iova = a[4];
  command.flags = (map_flags(a[5]) & (fixed ? ~0U : ~kFixedIova)) | (a[6] != 0 ? kUnknownFlag : 0);
  const int error = kernel.request_from_anywhere(kIoasCopy, &command);
  return error != 0 || fixed ? done(error) : success(command.dst_iova);
}

PortAnswer ioas_unmap(Kernel& kernel, Arguments a) {
  IoasUnmap command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.iova = a[1];
  command.length = a[2];
  const int error = kernel.request_from_anywhere(kIoasUnmap, &command);
  return error != 0 ? failure(error) : success(command.length);
}

PortAnswer ioas_reserve(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::add_reserved, kernel.handles.id(a[0]));
  command.add_reserved = {a[1], a[2]};
  return done(kernel.request(kTest, &command));
}

PortAnswer get_physical_address(Kernel& kernel, Arguments a) {
  IoasGetPa command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.iova = a[1];
  command.length = 1;
  return done(kernel.request(kIoasGetPa, &command));
}

// The test driver answers only whether a page is pinned a given number of times.
PortAnswer memory_pins(Kernel& kernel, Arguments a) {
  const std::uint64_t page = a[0] & ~(ClientMemory::kPageSize - 1);
  for (std::uint32_t pins = 0; pins <= kMaxPins; ++pins) {
    const int error = kernel.check_refs(page, ClientMemory::kPageSize, pins);
    if (error == 0) return success(pins);
    if (error != EIO) return failure(error);
  }
  return broken("a page is pinned more often than anyone asked for");
}

constexpr auto kIoasCalls = std::to_array<Call>({
    {"ioas.alloc", 1, ioas_alloc},
    {"ioas.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::ioas); }},
    {"ioas.map", 6, [](Kernel& kernel, Arguments a) { return ioas_map(kernel, a, true); }},
    {"ioas.copy", 7, [](Kernel& kernel, Arguments a) { return ioas_copy(kernel, a, true); }},
    {"ioas.map_anywhere", 6, [](Kernel& kernel, Arguments a) { return ioas_map(kernel, a, false); }},
    {"ioas.copy_anywhere", 7, [](Kernel& kernel, Arguments a) { return ioas_copy(kernel, a, false); }},
    {"ioas.unmap", 3, ioas_unmap},
    {"ioas.reserve", 3, ioas_reserve},
    {"ioas.get_physical_address", 2, get_physical_address},
    {"memory.pins", 1, memory_pins},
});

}  // namespace

std::span<const Call> ioas_calls() { return kIoasCalls; }

}  // namespace iolaw::dev_iommu
