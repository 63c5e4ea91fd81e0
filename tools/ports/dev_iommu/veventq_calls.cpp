// SPDX-License-Identifier: Apache-2.0
// Events of vIOMMUs: spec/iommufd/veventq.law.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include "tools/ports/dev_iommu/driver_data.hpp"
#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint64_t kMostDepth = 0xffff'ffff;

PortAnswer veventq_alloc(Kernel& kernel, Arguments a) {
  VeventqAlloc command;
  command.viommu_id = kernel.handles.id(a[0]);
  command.type = driver_type(a[1], kMockVeventq);
  command.veventq_depth = static_cast<std::uint32_t>(std::min(a[2], kMostDepth));
  command.flags = a[3] != 0 ? kUnknownFlag : 0;
  if (const int error = kernel.request_after_rehearsal(kVeventqAlloc, &command); error != 0) return failure(error);
  Handles::Extra extra;
  extra.fd = static_cast<int>(command.out_veventq_fd);
  return success(kernel.handles.add_object(Kind::veventq, command.out_veventq_id, extra));
}

PortAnswer event(Kernel& kernel, std::uint64_t device) {
  TestCommand command(TestOp::trigger_vevent, 0);
  command.trigger_vevent.dev_id = kernel.handles.idev(device);
  return done(kernel.request(kTest, &command));
}

PortAnswer veventq_read(Kernel& kernel, Arguments a) {
  const Handles::Extra* queue = kernel.handles.open_queue(a[0], Kind::veventq);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  struct {
    VeventHeader header;
    std::uint32_t data[14];
  } buffer = {};
  const std::optional<long> read = kernel.read_queue(queue->fd, &buffer, std::min<std::uint64_t>(a[1], sizeof(buffer)));
  if (!read) return broken("poll said otherwise than the read that came next");
  const long count = *read;
  if (count < 0) return failure(static_cast<int>(-count));
  if (count == 0) return failure(ENODATA);
  const bool lost = (buffer.header.flags & kLostEvents) != 0;
  const std::size_t expected = sizeof(VeventHeader) + (lost ? 0 : kMockEventSize);
  if (static_cast<std::size_t>(count) != expected) {
    return broken("a read of one event gave " + std::to_string(count) + " bytes");
  }
  return success(lost ? 1 : 0, buffer.header.sequence);
}

// The answer: how many events, and whether more were lost after them.
PortAnswer veventq_read_all(Kernel& kernel, Arguments a) {
  constexpr std::size_t kRoom = 64 * 1024;
  const Handles::Extra* queue = kernel.handles.open_queue(a[0], Kind::veventq);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  std::vector<std::byte> buffer(kRoom);
  const std::optional<long> read = kernel.read_queue(queue->fd, buffer.data(), kRoom);
  if (!read) return broken("poll said otherwise than the read that came next");
  const long count = *read;
  if (count < 0) return failure(static_cast<int>(-count));
  if (count == 0) return failure(ENODATA);
  const auto bytes = static_cast<std::size_t>(count);
  if (bytes + sizeof(VeventHeader) + kMockEventSize > kRoom) {
    return unsupported("more events wait than the port has room for");
  }
  std::uint64_t events = 0;
  bool lost = false;
  for (std::size_t at = 0; at < bytes;) {
    if (lost || bytes - at < sizeof(VeventHeader)) return broken("a read of events gave something behind the last");
    VeventHeader header;
    std::memcpy(&header, &buffer[at], sizeof(header));
    lost = (header.flags & kLostEvents) != 0;
    events += lost ? 0 : 1;
    at += sizeof(header) + (lost ? 0 : kMockEventSize);
    if (at > bytes) return broken("a read of events gave a part of one");
  }
  return success(events, lost ? 1 : 0);
}

constexpr auto kVeventqCalls = std::to_array<Call>({
    {"veventq.alloc", 4, veventq_alloc},
    {"veventq.close", 1, [](Kernel& kernel, Arguments a) { return kernel.close_queue(a[0], Kind::veventq); }},
    {"veventq.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::veventq); }},
    {"veventq.report", 2, [](Kernel& kernel, Arguments a) { return event(kernel, a[1]); }},
    {"veventq.overflow", 2, [](Kernel& kernel, Arguments a) { return event(kernel, a[1]); }},
    {"veventq.read", 2, veventq_read},
    {"veventq.read_all", 1, veventq_read_all},
});

}  // namespace

std::span<const Call> veventq_calls() { return kVeventqCalls; }

}  // namespace iolaw::dev_iommu
