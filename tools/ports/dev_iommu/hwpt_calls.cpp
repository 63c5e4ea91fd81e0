// SPDX-License-Identifier: Apache-2.0
// Page tables, what devices wrote, and what IOMMUs cache: spec/iommufd/hwpt.law, dirty.law and invalidate.law.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "tools/ports/dev_iommu/divergences.hpp"
#include "tools/ports/dev_iommu/driver_data.hpp"
#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint64_t kMost32 = 0xffff'ffff;
constexpr std::uint64_t kMostEntries = 1 << 19;  // Linux refuses more before it asks the driver

// Arguments: device, parent, flags, faults, data, reserved.
PortAnswer hwpt_alloc(Kernel& kernel, Arguments a, Kind parent) {
  static const MockHwptData data{0xbadbeef, 0};
  const DriverBytes bytes = driver_bytes(a[4], kMockHwptData, &data, sizeof(data));
  HwptAlloc command;
  command.dev_id = kernel.handles.idev(a[0]);
  command.pt_id = kernel.handles.live_id(a[1], parent);
  command.flags = static_cast<std::uint32_t>(a[2]);
  command.fault_id = kernel.handles.id(a[3]);
  command.data_type = bytes.type;
  command.data_len = bytes.length;
  command.data_uptr = bytes.address;
  command.reserved = a[5] != 0 ? 1 : 0;
  if (const int error = kernel.request_after_rehearsal(kHwptAlloc, &command); error != 0) return failure(error);
  return success(kernel.handles.add_object(Kind::hwpt, command.out_hwpt_id));
}

PortAnswer set_dirty_tracking(Kernel& kernel, Arguments a) {
  HwptSetDirtyTracking command;
  command.hwpt_id = kernel.handles.live_id(a[0], Kind::hwpt);
  command.flags = (a[1] != 0 ? kDirtyEnable : 0) | (a[2] != 0 ? kUnknownFlag : 0);
  return done(kernel.request(kHwptSetDirtyTracking, &command));
}

// The answer to a call that succeeded: a bit for each page, and bytes behind them.
using Bitmap = std::span<const std::uint8_t>;

// Of each call its own: other threads may ask at the same time.
struct RoomForBitmap {
  alignas(ClientMemory::kPageSize) std::uint8_t memory[2 * ClientMemory::kPageSize];
};

// The bitmap may begin at any byte, and go on in the next page. It lies in `room`.
int get_dirty_bitmap(Kernel& kernel, HwptGetDirtyBitmap& command, RoomForBitmap& room, Bitmap& bits) {
  constexpr std::uint64_t kPage = ClientMemory::kPageSize;
  constexpr std::size_t kBytes = 2048;
  std::uint8_t* const bitmap = room.memory + (kPage - kernel.variations.among(9)) % kPage;
  std::memset(bitmap, 0, kBytes);
  bits = {bitmap, kBytes};
  command.data = address(bitmap);
  return kernel.request(kHwptGetDirtyBitmap, &command);
}

// Asked of more pages than one now and then, of which the first is looked at; of half as large ones, too.
PortAnswer dirty_at(Kernel& kernel, std::uint64_t hwpt, std::uint64_t iova) {
  constexpr std::uint64_t kPages[] = {1, 2, 16, 4096};
  HwptGetDirtyBitmap command;
  command.hwpt_id = kernel.handles.live_id(hwpt, Kind::hwpt);
  command.iova = iova;
  command.page_size = ClientMemory::kPageSize >> kernel.variations.among(2);
  command.length = kPages[kernel.variations.among(4)] * ClientMemory::kPageSize;
  if (command.iova + command.length - 1 < command.iova) command.length = ClientMemory::kPageSize;
  command.flags = kDirtyNoClear;
  RoomForBitmap room;
  Bitmap bitmap;
  if (const int error = get_dirty_bitmap(kernel, command, room, bitmap); error != 0) return failure(error);
  return success(bitmap[0] & 1U);
}

// One byte is marked, which is enough for its page, and whose address needs no alignment.
PortAnswer write(Kernel& kernel, Arguments a) {
  const std::uint8_t bitmap[8] = {1};
  TestCommand command(TestOp::dirty, kernel.handles.live_id(a[0], Kind::hwpt));
  command.dirty = {0, a[1], 1, 1, address(bitmap), 0};
  if (const int error = kernel.request(kTest, &command); error != 0) return failure(error);
  // `dirty.written` of the law: a write is recorded. Beside other threads it may be forgotten by now.
  if (kernel.beside_others()) return success();
  const PortAnswer seen = dirty_at(kernel, a[0], a[1]);
  const bool recorded = seen.error == 0 && seen.results.front() == 1;
  return recorded ? success() : broken("a page that was just written is not found written");
}

PortAnswer read_dirty(Kernel& kernel, Arguments a) {
  HwptGetDirtyBitmap command;
  command.hwpt_id = kernel.handles.live_id(a[0], Kind::hwpt);
  command.iova = a[1];
  command.length = a[2];
  command.page_size = a[3];
  command.flags = (a[4] != 0 ? kDirtyNoClear : 0) | (a[5] != 0 ? kUnknownFlag : 0);
  RoomForBitmap room;
  Bitmap bitmap;
  if (const int error = get_dirty_bitmap(kernel, command, room, bitmap); error != 0) return failure(error);
  const std::uint64_t pages = a[2] / ClientMemory::kPageSize;
  bool dirty = false;
  for (std::uint64_t bit = 0; bit < 8 * bitmap.size(); ++bit) {
    if ((bitmap[bit / 8] >> bit % 8 & 1U) == 0) continue;
    if (bit >= pages) return broken("a bit is set behind those that were asked for");
    dirty = true;
  }
  return success(dirty ? 1 : 0);
}

// An array of `number` entries of which each begins like `Entry`. Four are enough: the law is silent about more.
template <class Entry>
PortAnswer invalidate(Kernel& kernel, std::uint32_t object, bool known_type, std::uint64_t entries,
                      std::uint64_t number, bool reserved, Entry entry, std::uint32_t Entry::*line) {
  // The law's Entries.
  enum : std::uint64_t { good, no_pointer, no_size, long_entries, odd_size, unknown_bits, no_such_line, unreadable };
  constexpr std::uint32_t kUnknownBits = 2;
  constexpr std::uint32_t kNoSuchLine = 4;
  if (entries == unknown_bits) entry.flags = kUnknownBits;
  if (entries == no_such_line) entry.*line = kNoSuchLine;
  std::array<Entry, 8> array;
  array.fill(entry);
  HwptInvalidate command;
  command.hwpt_id = object;
  command.data_uptr = entries == no_pointer ? 0 : entries == unreadable ? kNowhere : address(array.data());
  command.data_type = known_type ? kMockInvalidate : kForeignType;
  command.entry_len = sizeof(Entry);
  if (entries == no_size) command.entry_len = 0;
  if (entries == long_entries) command.entry_len = ClientMemory::kPageSize + 1;
  if (entries == odd_size) command.entry_len = sizeof(Entry) + 4;
  command.entry_num = static_cast<std::uint32_t>(std::min(number, kMost32));
  command.reserved = reserved ? 1 : 0;
  return done(kernel.request(kHwptInvalidate, &command));
}

PortAnswer hwpt_invalidate(Kernel& kernel, Arguments a) {
  return invalidate(kernel, kernel.handles.live_id(a[0], Kind::hwpt), a[1] != 0, a[2], a[3], a[4] != 0,
                    MockHwptInvalidate{0, 0}, &MockHwptInvalidate::iotlb_id);
}

PortAnswer viommu_invalidate(Kernel& kernel, Arguments a) {
  const bool avoids = kernel.avoids_divergences && kernel.handles.extra(a[0], Kind::viommu) != nullptr;
  if (avoids && a[3] <= kMostEntries && a[3] * sizeof(MockViommuInvalidate) > kMostEntryBytes) return divergence_4();
  return invalidate(kernel, kernel.handles.live_id(a[0], Kind::viommu), a[1] != 0, a[2], a[3], a[5] != 0,
                    MockViommuInvalidate{0, static_cast<std::uint32_t>(a[4]), 0}, &MockViommuInvalidate::cache_id);
}

PortAnswer device_info(Kernel& kernel, Arguments a) {
  enum : std::uint64_t { any, mock, foreign };
  // What the driver does not fill is cleared; what there is no room for is cut off.
  constexpr std::uint32_t kRooms[] = {8, 4, 64, 0};
  std::uint64_t data[8] = {};
  GetHwInfo command;
  command.dev_id = kernel.handles.idev(a[0]);
  command.data_len = a[2] != 0 ? kRooms[kernel.variations.among(4)] : 8;
  command.data_uptr = a[2] != 0 ? address(data) : kNowhere;
  command.flags = (a[1] != any ? kInfoInputType : 0) | (a[3] != 0 ? kUnknownFlag : 0);
  command.data_type = a[1] == mock ? kMockInfo : a[1] == foreign ? kForeignType : 0;
  if (const int error = kernel.request(kGetHwInfo, &command); error != 0) return failure(error);
  return success((command.out_capabilities & kInfoTracksDirty) != 0 ? 1 : 0, command.out_max_pasid_log2 != 0 ? 1 : 0);
}

constexpr auto kHwptCalls = std::to_array<Call>({
    {"hwpt.alloc", 6, [](Kernel& kernel, Arguments a) { return hwpt_alloc(kernel, a, Kind::ioas); }},
    {"hwpt.alloc_nested", 6, [](Kernel& kernel, Arguments a) { return hwpt_alloc(kernel, a, Kind::hwpt); }},
    {"hwpt.alloc_on_viommu", 6, [](Kernel& kernel, Arguments a) { return hwpt_alloc(kernel, a, Kind::viommu); }},
    {"hwpt.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::hwpt); }},
    {"hwpt.set_dirty_tracking", 3, set_dirty_tracking},
    {"hwpt.write", 2, write},
    {"hwpt.read_dirty", 6, read_dirty},
    {"hwpt.dirty", 2, [](Kernel& kernel, Arguments a) { return dirty_at(kernel, a[0], a[1]); }},
    {"hwpt.invalidate", 5, hwpt_invalidate},
    {"viommu.invalidate", 6, viommu_invalidate},
    {"device.info", 4, device_info},
});

}  // namespace

std::span<const Call> hwpt_calls() { return kHwptCalls; }

}  // namespace iolaw::dev_iommu
