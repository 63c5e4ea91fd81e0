// SPDX-License-Identifier: Apache-2.0
// Commands on virtual IOMMUs and what belongs to them (linux drivers/iommu/iommufd/viommu.c, eventq.c).
#include <array>

#include "hw_reference/uapi/abi.hpp"
#include "hw_reference/uapi/abi_objects.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

// The driver's answer goes where its data came from, as much of it as the user has room for. EFAULT.
int answer_data(const ViommuAllocCommand& c, const ViommuAnswer& made) {
  if (c.data_len == 0) return 0;
  const MockViommuData data{made.out_data, made.out_data, made.mmap_offset, made.mmap_length};
  return OwnMemory::write(c.data_uptr,
                          std::as_bytes(std::span(&data, 1)).first(std::min<std::size_t>(c.data_len, sizeof data)));
}

int viommu_alloc(Call& call, ViommuAllocCommand& c) {
  const UserAddress user(c.data_uptr);
  ViommuAlloc request;
  request.dev_id = c.dev_id;
  request.hwpt_id = c.hwpt_id;
  request.type = c.type;
  request.flags = c.flags;
  request.data = {c.type, c.data_len, nullptr, &user};
  return call.fd
      .viommu_alloc(request,
                    [&](const ViommuAnswer& made) {
                      c.out_viommu_id = made.id;
                      const int error = answer_data(c, made);
                      return error != 0 ? error : call.respond(c);
                    })
      .error;
}

int vdevice_alloc(Call& call, VdeviceAllocCommand& c) {
  return call.fd
      .vdevice_alloc({c.viommu_id, c.dev_id, c.virt_id},
                     [&](ObjectId id) {
                       c.out_vdevice_id = id;
                       return call.respond(c);
                     })
      .error;
}

int veventq_alloc(Call& call, VeventqAllocCommand& c) {
  if (c.reserved != 0) return EOPNOTSUPP;
  Descriptors::Slot slot;
  auto file = std::make_shared<QueueFile>(File::Kind::events, call.shared);
  const auto made = call.fd.veventq_alloc({c.viommu_id, c.type, c.veventq_depth, c.flags}, [&](ObjectId id) -> int {
    auto reserved = call.door.descriptors().reserve();
    if (!reserved.ok()) return reserved.error;
    slot = std::move(reserved.value);
    c.out_veventq_id = id;
    c.out_veventq_fd = static_cast<std::uint32_t>(slot.fd());
    return call.respond(c);
  });
  if (!made.ok()) return made.error;
  file->id = made.value;
  slot.put(std::move(file));
  return 0;
}

int hw_queue_alloc(Call& call, HwQueueAllocCommand& c) {
  HwQueueAlloc request;
  request.viommu_id = c.viommu_id;
  request.type = c.type;
  request.index = c.index;
  request.iova = c.nesting_parent_iova;
  request.length = c.length;
  request.flags = c.flags;
  return call.fd
      .hw_queue_alloc(request,
                      [&](ObjectId id) {
                        c.out_hw_queue_id = id;
                        return call.respond(c);
                      })
      .error;
}

constexpr auto kViommuCommands = std::to_array<Command>({
    command_of<ViommuAllocCommand, viommu_alloc>(kViommuAlloc, offsetof(ViommuAllocCommand, data_len)),
    command_of<VdeviceAllocCommand, vdevice_alloc>(kVdeviceAlloc),
    command_of<VeventqAllocCommand, veventq_alloc>(kVeventqAlloc, offsetof(VeventqAllocCommand, reserved)),
    command_of<HwQueueAllocCommand, hw_queue_alloc>(kHwQueueAlloc),
});

}  // namespace

std::span<const Command> viommu_commands() { return kViommuCommands; }

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
