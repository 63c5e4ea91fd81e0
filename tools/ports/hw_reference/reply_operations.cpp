// SPDX-License-Identifier: Apache-2.0
// Calls whose answer cannot be written where the caller wants it.
#include <array>
#include <cerrno>
#include <limits>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

constexpr auto kUnwritable = [](const auto&) { return EFAULT; };

PortAnswer unwritable_alloc(World& w, Arguments) { return failed(w.iommufd->ioas_alloc(0, kUnwritable).error); }

PortAnswer unwritable_alloc_faults(World& w, Arguments) { return failed(w.iommufd->fault_alloc(0, kUnwritable).error); }

PortAnswer unwritable_map(World& w, Arguments a) {
  return failed(w.iommufd->ioas_map({w.id(a[0]), map_flags(a[4], true), a[1], a[2], a[3]}, kUnwritable).error);
}

PortAnswer unmap_all(World& w, Arguments a) {
  constexpr std::uint64_t kEverything = std::numeric_limits<std::uint64_t>::max();
  return failed(w.iommufd->ioas_unmap(w.id(a[0]), 0, kEverything, kUnwritable).error);
}

PortAnswer allow_large_pages(World& w, Arguments a) {
  hw::Option request;
  request.option_id = hw::kOptionHugePages;
  request.object_id = w.id(a[0]);
  request.value = 1;
  return failed(w.iommufd->option(request, kUnwritable).error);
}

constexpr auto kReplyOperations = std::to_array<Operation>({
    {"reply.alloc", 0, unwritable_alloc},
    {"reply.alloc_fault_queue", 0, unwritable_alloc_faults},
    {"reply.map", 5, unwritable_map},
    {"reply.unmap_all", 1, unmap_all},
    {"reply.allow_large_pages", 1, allow_large_pages},
});

}  // namespace

std::span<const Operation> reply_operations() { return kReplyOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
