// SPDX-License-Identifier: Apache-2.0
// Commands on page tables, devices and page requests (linux drivers/iommu/iommufd/hw_pagetable.c, device.c, eventq.c).
#include <array>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/abi_objects.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

int hwpt_alloc(Call& call, HwptAllocCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  const UserAddress user(c.data_uptr);
  HwptAlloc request;
  request.dev_id = c.dev_id;
  request.pt_id = c.pt_id;
  request.flags = c.flags;
  request.fault_id = c.fault_id;
  request.data = {c.data_type, c.data_len, nullptr, &user};
  return call.fd
      .hwpt_alloc(request,
                  [&](ObjectId id) {
                    c.out_hwpt_id = id;
                    return call.respond(c);
                  })
      .error;
}

// Fills the rest of a user's buffer with zeros. EFAULT.
int clear_user(std::uint64_t address, std::uint64_t bytes) {
  constexpr std::array<std::byte, kPageSize> kZeros{};
  while (bytes > 0) {
    const std::uint64_t part = std::min(bytes, kPageSize);
    if (int error = OwnMemory::write(address, std::span(kZeros).first(part))) return error;
    address += part;
    bytes -= part;
  }
  return 0;
}

int get_hw_info(Call& call, GetHwInfoCommand& c) {
  if ((c.reserved[0] | c.reserved[1] | c.reserved[2]) != 0) return EOPNOTSUPP;
  const auto info = call.fd.device_hw_info(c.dev_id, c.flags, c.data_type);
  if (!info.ok()) return info.error;
  const std::span<const std::byte> data = info.value.data;
  const std::size_t shown = std::min<std::size_t>(c.data_len, data.size());
  if (OwnMemory::write(c.data_uptr, data.first(shown)) != 0) return EFAULT;
  if (clear_user(c.data_uptr + shown, c.data_len - shown) != 0) return EFAULT;
  c.data_len = static_cast<std::uint32_t>(data.size());
  c.data_type = info.value.type;
  c.out_capabilities = info.value.capabilities;
  c.out_max_pasid_log2 = info.value.max_pasid_log2;
  return call.respond(c);
}

int hwpt_set_dirty_tracking(Call& call, HwptSetDirtyTrackingCommand& c) {
  return call.fd.hwpt_set_dirty_tracking(c.hwpt_id, c.flags);
}

// Sets bits first..last, closed, of a bitmap of the user, as far as it can be written.
void set_user_bits(std::uint64_t bitmap, std::uint64_t first, std::uint64_t last) {
  std::array<std::byte, kPageSize> part;
  for (std::uint64_t byte = first / 8; byte <= last / 8;) {
    const std::uint64_t address = bitmap + byte;
    const std::uint64_t size = std::min(last / 8 - byte + 1, kPageSize - address % kPageSize);
    const auto bytes = std::span(part).first(size);
    if (OwnMemory::read(address, bytes) != 0) return;
    const std::uint64_t end = std::min(last, (byte + size) * 8 - 1);
    for (std::uint64_t bit = std::max(first, byte * 8); bit <= end; ++bit)
      part[bit / 8 - byte] |= std::byte{1} << (bit % 8);
    if (OwnMemory::write(address, bytes) != 0) return;
    byte += size;
  }
}

int hwpt_get_dirty_bitmap(Call& call, HwptGetDirtyBitmapCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  // A bitmap that cannot be written is no error: its bits are lost.
  return call.fd.hwpt_get_dirty_bitmap(
      c.hwpt_id, c.flags, c.iova, c.length, c.page_size,
      [&](std::uint64_t first, std::uint64_t last) { set_user_bits(c.data, first, last); });
}

// Answers on failure too.
int hwpt_invalidate(Call& call, HwptInvalidateCommand& c) {
  const UserAddress user(c.data_uptr);
  Invalidation request;
  request.type = c.data_type;
  request.length = c.entry_len;
  request.number = c.entry_num;
  if (c.data_uptr != 0) request.user = &user;
  std::uint32_t done = 0;
  const int error = c.reserved != 0 ? EOPNOTSUPP : call.fd.hwpt_invalidate(c.hwpt_id, request, done);
  c.entry_num = done;
  if (call.respond(c) != 0) return EFAULT;
  return error;
}

int fault_queue_alloc(Call& call, FaultQueueAllocCommand& c) {
  Descriptors::Slot slot;
  auto file = std::make_shared<QueueFile>(File::Kind::faults, call.shared);
  const auto made = call.fd.fault_alloc(c.flags, [&](ObjectId id) -> int {
    auto reserved = call.door.descriptors().reserve();
    if (!reserved.ok()) return reserved.error;
    slot = std::move(reserved.value);
    c.out_fault_id = id;
    c.out_fault_fd = static_cast<std::uint32_t>(slot.fd());
    return call.respond(c);
  });
  if (!made.ok()) return made.error;
  file->id = made.value;
  slot.put(std::move(file));
  return 0;
}

constexpr auto kObjectCommands = std::to_array<Command>({
    command_of<HwptAllocCommand, hwpt_alloc>(kHwptAlloc, offsetof(HwptAllocCommand, data_type)),
    command_of<GetHwInfoCommand, get_hw_info>(kGetHwInfo, offsetof(GetHwInfoCommand, out_capabilities)),
    command_of<HwptSetDirtyTrackingCommand, hwpt_set_dirty_tracking>(kHwptSetDirtyTracking),
    command_of<HwptGetDirtyBitmapCommand, hwpt_get_dirty_bitmap>(kHwptGetDirtyBitmap),
    command_of<HwptInvalidateCommand, hwpt_invalidate>(kHwptInvalidate),
    command_of<FaultQueueAllocCommand, fault_queue_alloc>(kFaultQueueAlloc),
});

}  // namespace

std::span<const Command> object_commands() { return kObjectCommands; }

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
