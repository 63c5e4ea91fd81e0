// SPDX-License-Identifier: Apache-2.0
// Page tables, what devices wrote, and what IOMMUs cache.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

// Arguments: device, parent, flags, faults, data, reserved.
PortAnswer alloc(World& w, Arguments a, Kind parent) {
  if (a[5] != 0) return no_struct();
  static constexpr hw::MockHwptData kData{hw::kMockIotlbDefault, 0};
  hw::HwptAlloc request;
  request.dev_id = w.device(a[0]);
  request.pt_id = w.live(a[1], parent);
  request.flags = static_cast<std::uint32_t>(a[2]);
  request.fault_id = w.id(a[3]);
  request.data = user_data(a[4], hw::kMockHwptType, std::as_bytes(std::span(&kData, 1)));
  const auto made = w.iommufd->hwpt_alloc(request);
  return made.ok() ? w.made(made.value, Kind::hwpt) : failed(made.error);
}

PortAnswer set_dirty_tracking(World& w, Arguments a) {
  const std::uint32_t flags = (a[1] != 0 ? 1 : 0) | (a[2] != 0 ? kUnknownFlag : 0);
  return failed(w.iommufd->hwpt_set_dirty_tracking(w.live(a[0], Kind::hwpt), flags));
}

// One byte is marked, which is enough for its page, and whose address needs no alignment.
PortAnswer write(World& w, Arguments a) {
  const std::array<std::byte, 8> bitmap = {std::byte{1}};
  return failed(w.iommufd->mock_dirty(w.live(a[0], Kind::hwpt), a[1], 1, 1, bitmap).error);
}

PortAnswer read_dirty(World& w, Arguments a) {
  std::array<std::byte, 64> bitmap = {};
  const std::uint32_t flags = (a[4] != 0 ? 1 : 0) | (a[5] != 0 ? kUnknownFlag : 0);
  const int error = w.iommufd->hwpt_get_dirty_bitmap(w.live(a[0], Kind::hwpt), flags, a[1], a[2], a[3], bitmap);
  if (error != 0) return failed(error);
  return succeeded(std::ranges::any_of(bitmap, [](std::byte bits) { return bits != std::byte{0}; }) ? 1 : 0);
}

PortAnswer dirty(World& w, Arguments a) {
  constexpr std::uint32_t kNoClear = 1;
  std::array<std::byte, 64> bitmap = {};
  const int error =
      w.iommufd->hwpt_get_dirty_bitmap(w.live(a[0], Kind::hwpt), kNoClear, a[1], hw::kPageSize, hw::kPageSize, bitmap);
  return error != 0 ? failed(error) : succeeded(std::to_integer<std::uint64_t>(bitmap[0] & std::byte{1}));
}

// The law's Entries.
enum Entries : std::uint64_t {
  good,
  no_pointer,
  no_size,
  long_entries,
  odd_size,
  unknown_bits,
  no_such_line,
  unreadable
};

// An array of `number` entries of which each begins like `Entry`. Four are enough: the law is silent about more.
template <class Entry>
PortAnswer invalidate(World& w, hw::ObjectId object, bool known_type, std::uint64_t entries, std::uint64_t number,
                      Entry entry, std::uint32_t Entry::*line) {
  constexpr std::uint32_t kUnknownBits = 2;
  constexpr std::uint32_t kNoSuchLine = 4;
  if (entries == unknown_bits) entry.flags = kUnknownBits;
  if (entries == no_such_line) entry.*line = kNoSuchLine;
  std::array<Entry, 8> array;
  array.fill(entry);
  hw::Invalidation invalidation;
  invalidation.type = known_type ? hw::kMockHwptInvalidateType : kForeignType;
  invalidation.length = sizeof(Entry);
  if (entries == no_size) invalidation.length = 0;
  if (entries == long_entries) invalidation.length = static_cast<std::uint32_t>(hw::kPageSize) + 1;
  if (entries == odd_size) invalidation.length = sizeof(Entry) + 4;
  invalidation.number = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, 0xffff'ffff));
  invalidation.unreadable = entries == unreadable;
  if (entries != no_pointer && entries != unreadable) invalidation.bytes = std::as_bytes(std::span(array)).data();
  std::uint32_t handled = 0;
  return failed(w.iommufd->hwpt_invalidate(object, invalidation, handled));
}

PortAnswer invalidate_hwpt(World& w, Arguments a) {
  if (a[4] != 0) return no_struct();
  return invalidate(w, w.live(a[0], Kind::hwpt), a[1] != 0, a[2], a[3], hw::MockHwptInvalidation{0, 0},
                    &hw::MockHwptInvalidation::iotlb_id);
}

PortAnswer invalidate_viommu(World& w, Arguments a) {
  if (a[5] != 0) return no_struct();
  if (a[4] >> 32 != 0) return unsupported("the mock driver's invalidations have 32 bits for a device");
  return invalidate(w, w.live(a[0], Kind::viommu), a[1] != 0, a[2], a[3],
                    hw::MockViommuInvalidation{0, static_cast<std::uint32_t>(a[4]), 0},
                    &hw::MockViommuInvalidation::cache_id);
}

constexpr auto kHwptOperations = std::to_array<Operation>({
    {"hwpt.alloc", 6, [](World& w, Arguments a) { return alloc(w, a, Kind::ioas); }},
    {"hwpt.alloc_nested", 6, [](World& w, Arguments a) { return alloc(w, a, Kind::hwpt); }},
    {"hwpt.alloc_on_viommu", 6, [](World& w, Arguments a) { return alloc(w, a, Kind::viommu); }},
    {"hwpt.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::hwpt); }},
    {"hwpt.set_dirty_tracking", 3, set_dirty_tracking},
    {"hwpt.write", 2, write},
    {"hwpt.read_dirty", 6, read_dirty},
    {"hwpt.dirty", 2, dirty},
    {"hwpt.invalidate", 5, invalidate_hwpt},
    {"viommu.invalidate", 6, invalidate_viommu},
});

}  // namespace

std::span<const Operation> hwpt_operations() { return kHwptOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
