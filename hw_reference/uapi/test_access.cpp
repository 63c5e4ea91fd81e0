// SPDX-License-Identifier: Apache-2.0
// Accesses of Linux's test driver: each is a file, its pins are numbered (linux drivers/iommu/iommufd/selftest.c).
#include <mutex>
#include <vector>

#include "hw_reference/uapi/abi_test.hpp"
#include "hw_reference/uapi/call.hpp"
#include "hw_reference/uapi/front_door.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

using AccessRef = std::shared_ptr<AccessFile>;

// The access that a descriptor stands for, of whatever /dev/iommu; null if it is none.
AccessRef find_access(const Call& call, std::uint32_t fd) {
  auto file = call.door.descriptors().find(static_cast<int>(fd));
  if (!file || file->kind != File::Kind::access) return nullptr;
  return std::static_pointer_cast<AccessFile>(file);
}

int create(Call& call, TestCommand& c) {
  if ((c.create_access.flags & ~kAccessNeedsPin) != 0) return EOPNOTSUPP;
  auto file = std::make_shared<AccessFile>(call.shared);
  auto slot = call.door.descriptors().reserve();
  if (!slot.ok()) return ENOMEM;
  c.create_access.out_access_fd = static_cast<std::uint32_t>(slot.value.fd());
  const auto made = call.fd.access_create(c.id, (c.create_access.flags & kAccessNeedsPin) != 0,
                                          [&](ObjectId) { return call.respond(c); });
  if (!made.ok()) return made.error;
  file->id = made.value;
  slot.value.put(std::move(file));
  return 0;
}

// Whether the frames are those of the user's pages from an address on. EBADE: one is not; EFAULT: there is no page.
int compare(const Call& call, std::uint64_t uptr, const std::vector<Frame>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::uint64_t address = uptr + i * kPageSize;
    if (!OwnMemory::present(address >> kPageShift, 1, false)) return EFAULT;
    if (!call.door.leads_to(frames[i], address)) return EBADE;
  }
  return 0;
}

int pin(Call& call, TestCommand& c) {
  auto& request = c.access_pages;
  if (request.length > kPinLimit) return ENOMEM;
  if ((request.flags & ~kAccessWrite) != 0) return EOPNOTSUPP;
  const AccessRef access = find_access(call, c.id);
  if (!access) return EBADFD;
  std::lock_guard lock(access->mutex);
  const auto record = access->pins.try_emplace(access->next).first;
  int error = 0;
  PinId made = 0;
  try {
    const auto pinned =
        access->iommufd->access_pin(access->id, request.iova, request.length, (request.flags & kAccessWrite) != 0);
    error = pinned.error;
    made = pinned.value;
    if (error == 0 && request.uptr != 0) {
      const auto frames = access->iommufd->access_frames(access->id, made);
      error = frames.ok() ? compare(call, request.uptr - request.iova % kPageSize, frames.value) : frames.error;
    }
    request.out_access_pages_id = record->first;
    if (error == 0) error = call.respond(c);
  } catch (...) {
    error = ENOMEM;
  }
  if (error != 0) {
    if (made != 0) access->iommufd->access_unpin(access->id, made);
    access->pins.erase(record);
    return error;
  }
  // A pin that had this id is gone: its memory was unmapped.
  std::erase_if(access->pins, [made](const auto& known) { return known.second == made; });
  record->second = made;
  ++access->next;
  return 0;
}

int unpin(Call& call, const TestCommand& c) {
  const AccessRef access = find_access(call, c.id);
  if (!access) return EBADFD;
  std::lock_guard lock(access->mutex);
  const auto found = access->pins.find(c.destroy_access_pages.access_pages_id);
  if (found == access->pins.end()) return ENOENT;
  const PinId id = found->second;
  access->pins.erase(found);
  return access->iommufd->access_unpin(access->id, id);
}

int read_or_write(Call& call, const TestCommand& c) {
  const auto [iova, length, uptr, flags] = c.access_rw;
  if (length > kPinLimit) return ENOMEM;
  if ((flags & ~(kRwWrite | kRwSlow)) != 0) return EOPNOTSUPP;
  const AccessRef access = find_access(call, c.id);
  if (!access) return EBADFD;
  std::vector<std::byte> bytes(length);
  const bool slow = (flags & kRwSlow) != 0;
  if ((flags & kRwWrite) != 0) {
    if (int error = OwnMemory::read(uptr, bytes)) return error;
    return access->iommufd->access_write(access->id, iova, bytes, slow);
  }
  if (int error = access->iommufd->access_read(access->id, iova, bytes, slow)) return error;
  return OwnMemory::write(uptr, bytes);
}

}  // namespace

int test_access(Call& call, TestCommand& c) {
  switch (c.op) {
    case TestOp::create_access:
      return create(call, c);
    case TestOp::access_pages:
      return pin(call, c);
    case TestOp::destroy_access_pages:
      return unpin(call, c);
    case TestOp::access_rw:
      return read_or_write(call, c);
    default: {
      const AccessRef access = find_access(call, c.id);
      return access ? access->iommufd->access_replace(access->id, c.access_replace_ioas.ioas_id) : EBADFD;
    }
  }
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
