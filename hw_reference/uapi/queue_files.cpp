// SPDX-License-Identifier: Apache-2.0
// Reading and writing the files of queues (linux drivers/iommu/iommufd/eventq.c).
#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/uapi/call.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

namespace {

int deliver_event(std::uint64_t address, const Vevent& event) {
  if (int error = write_user(address, event.header)) return error;
  return OwnMemory::write(address + sizeof event.header, event.data);
}

}  // namespace

long read_queue(const File& file, std::uint64_t buffer, std::size_t bytes) {
  if (file.kind != File::Kind::faults && file.kind != File::Kind::events) return -EINVAL;
  const ObjectId id = static_cast<const QueueFile&>(file).id;
  const auto done = file.kind == File::Kind::faults
                        ? file.iommufd->fault_read(id, bytes,
                                                   [buffer](std::uint64_t offset, std::span<const PageFault> group) {
                                                     return OwnMemory::write(buffer + offset, std::as_bytes(group));
                                                   })
                        : file.iommufd->veventq_read(id, bytes, [buffer](std::uint64_t offset, const Vevent& event) {
                            return deliver_event(buffer + offset, event);
                          });
  return done.ok() ? static_cast<long>(done.value) : -done.error;
}

// Each response is taken before the next one is looked at.
long write_queue(const File& file, std::uint64_t buffer, std::size_t bytes) {
  if (file.kind != File::Kind::faults) return -EINVAL;
  if (bytes % sizeof(PageResponse) != 0) return -ESPIPE;
  const ObjectId id = static_cast<const QueueFile&>(file).id;
  std::size_t done = 0;
  int error = 0;
  while (done < bytes && error == 0) {
    PageResponse response{};
    error = read_user(buffer + done, response);
    if (error == 0) error = file.iommufd->fault_write(id, {&response, 1}, sizeof response).error;
    if (error == 0) done += sizeof response;
  }
  return done == 0 ? -error : static_cast<long>(done);
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
