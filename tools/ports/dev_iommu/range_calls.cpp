// SPDX-License-Identifier: Apache-2.0
// The ranges of an IOAS that may be mapped: spec/iommufd/ranges.law.
#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <vector>

#include "tools/ports/dev_iommu/kernel.hpp"
#include "tools/ports/dev_iommu/struct_memory.hpp"

namespace iolaw::dev_iommu {
namespace {

using Thing = ClientThings::Thing;

// More ranges than any IOAS of the law leaves.
constexpr std::uint32_t kRoom = StructMemory::kBytes / sizeof(IovaRange);

PortAnswer client_list(Kernel& kernel, Arguments a) {
  Thing list{ClientThings::Kind::list};
  list.readable = a[0];
  return success(kernel.things.add(list));
}

PortAnswer client_append(Kernel& kernel, Arguments a) {
  Thing* list = kernel.things.find(a[0], ClientThings::Kind::list);
  if (list == nullptr) return unsupported("there is no such list in the client");
  list->ranges.push_back({a[1], a[2]});
  return success();
}

PortAnswer ioas_allow(Kernel& kernel, Arguments a) {
  Thing* list = kernel.things.find(a[1], ClientThings::Kind::list);
  const StructMemory memory;
  if (list == nullptr || !memory.good()) return unsupported("there is no such list in the client");
  // What ends with the memory is followed by nothing.
  const std::size_t readable = std::min<std::uint64_t>(list->ranges.size(), list->readable);
  auto* const ranges = reinterpret_cast<IovaRange*>(memory.edge()) - readable;
  std::copy_n(list->ranges.begin(), readable, ranges);
  IoasAllowIovas command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.num_iovas = static_cast<std::uint32_t>(list->ranges.size());
  command.allowed_iovas = address(ranges);
  command.reserved = a[2] != 0 ? 1 : 0;
  return done(kernel.request(kIoasAllowIovas, &command));
}

PortAnswer ioas_ranges(Kernel& kernel, Arguments a) {
  std::vector<IovaRange> ranges(std::min<std::uint64_t>(a[1], kRoom));
  IoasIovaRanges command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.num_iovas = static_cast<std::uint32_t>(ranges.size());
  command.allowed_iovas = address(ranges.data());
  command.reserved = a[2] != 0 ? 1 : 0;
  return done(kernel.request(kIoasIovaRanges, &command));
}

PortAnswer ioas_reserved_at(Kernel& kernel, Arguments a) {
  const StructMemory memory;
  if (!memory.good()) return unsupported("no memory for the ranges");
  const std::span ranges(reinterpret_cast<IovaRange*>(memory.begin()), kRoom);
  IoasIovaRanges command;
  command.ioas_id = kernel.handles.id(a[0]);
  command.num_iovas = kRoom;
  command.allowed_iovas = address(ranges.data());
  if (const int error = kernel.request(kIoasIovaRanges, &command); error != 0) return failure(error);
  return success(std::none_of(ranges.begin(), ranges.begin() + std::min(command.num_iovas, kRoom),
                              [&](const IovaRange& range) { return range.start <= a[1] && a[1] <= range.last; })
                     ? 1
                     : 0);
}

PortAnswer ioas_alignment(Kernel& kernel, Arguments a) {
  IoasIovaRanges command;
  command.ioas_id = kernel.handles.id(a[0]);
  const int error = kernel.request(kIoasIovaRanges, &command);
  // Without room for any range the call fails, and answers all the same.
  return error == 0 || error == EMSGSIZE ? success(command.out_iova_alignment) : failure(error);
}

constexpr auto kRangeCalls = std::to_array<Call>({
    {"client.list", 1, client_list},
    {"client.append", 3, client_append},
    {"ioas.allow", 3, ioas_allow},
    {"ioas.ranges", 3, ioas_ranges},
    {"ioas.reserved_at", 2, ioas_reserved_at},
    {"ioas.alignment", 1, ioas_alignment},
});

}  // namespace

std::span<const Call> range_calls() { return kRangeCalls; }

}  // namespace iolaw::dev_iommu
