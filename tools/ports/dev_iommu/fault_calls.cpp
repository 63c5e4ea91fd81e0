// SPDX-License-Identifier: Apache-2.0
// Page faults that user space answers: spec/iommufd/fault.law. A fault of the law carries its number as its address.
#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

using Thing = ClientThings::Thing;

// `fault_queue.read` is silent about buffers for more than one record; `fault_queue.read_all` has room for these.
constexpr std::uint64_t kRecords = 2;
constexpr std::uint64_t kManyRecords = 1024;

// Cookies count up from 1, so this one is never outstanding.
constexpr std::uint32_t kNoCookie = 0x7fff'0000;

PortAnswer fault_queue_alloc(Kernel& kernel, Arguments a) {
  FaultQueueAlloc command;
  command.flags = a[0] != 0 ? kUnknownFlag : 0;
  if (const int error = kernel.request_after_rehearsal(kFaultQueueAlloc, &command); error != 0) return failure(error);
  Handles::Extra extra;
  extra.fd = static_cast<int>(command.out_fault_fd);
  return success(kernel.handles.add_object(Kind::fault_queue, command.out_fault_id, extra));
}

PortAnswer device_fault(Kernel& kernel, Arguments a) {
  TestCommand command(TestOp::trigger_iopf, 0);
  const std::uint64_t number = kernel.things.size();
  command.trigger_iopf = {kernel.handles.idev(a[0]), 0, static_cast<std::uint32_t>(number), 1,
                          number * ClientMemory::kPageSize};
  if (const int error = kernel.request(kTest, &command); error != 0) return failure(error);
  return success(kernel.things.add(Thing{ClientThings::Kind::fault}));
}

PortAnswer fault_queue_read(Kernel& kernel, Arguments a) {
  const Handles::Extra* queue = kernel.handles.open_queue(a[0], Kind::fault_queue);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  const std::uint64_t bytes = std::min(a[1], kRecords) * sizeof(PageFault) + (a[2] != 0 ? 1 : 0);
  std::vector<PageFault> records(kRecords + 1);
  const std::optional<long> read = kernel.read_queue(queue->fd, records.data(), bytes);
  if (!read) return broken("poll said otherwise than the read that came next");
  const long count = *read;
  if (count < 0) return failure(static_cast<int>(-count));
  if (count == 0) return failure(ENODATA);
  if (count != sizeof(PageFault)) return broken("a read of one fault gave " + std::to_string(count) + " bytes");
  const std::uint64_t handle = ClientThings::handle(records[0].addr / ClientMemory::kPageSize);
  Thing* fault = kernel.things.find(handle, ClientThings::Kind::fault);
  if (fault == nullptr) return broken("a fault was read that never happened");
  fault->cookie = records[0].cookie;
  return success(handle);
}

PortAnswer fault_queue_read_all(Kernel& kernel, Arguments a) {
  const Handles::Extra* queue = kernel.handles.open_queue(a[0], Kind::fault_queue);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  std::vector<PageFault> records(kManyRecords);
  const std::optional<long> read = kernel.read_queue(queue->fd, records.data(), kManyRecords * sizeof(PageFault));
  if (!read) return broken("poll said otherwise than the read that came next");
  const long count = *read;
  if (count < 0) return failure(static_cast<int>(-count));
  if (count == 0) return failure(ENODATA);
  if (count % sizeof(PageFault) != 0) return broken("a read of faults gave " + std::to_string(count) + " bytes");
  records.resize(static_cast<std::size_t>(count) / sizeof(PageFault));
  if (records.size() == kManyRecords) return unsupported("more faults wait than the port has room for");
  std::uint64_t last = 0;
  for (const PageFault& record : records) {
    const std::uint64_t number = record.addr / ClientMemory::kPageSize;
    Thing* fault = kernel.things.find(ClientThings::handle(number), ClientThings::Kind::fault);
    if (fault == nullptr) return broken("a fault was read that never happened");
    if (number < last) return broken("faults were read in another order than they came");
    last = number;
    fault->cookie = record.cookie;
  }
  return success(records.size());
}

PortAnswer fault_queue_answer(Kernel& kernel, Arguments a) {
  enum : std::uint64_t { retry, invalid, no_such_code };
  const Handles::Extra* queue = kernel.handles.open_queue(a[0], Kind::fault_queue);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  Thing* fault = kernel.things.find(a[1], ClientThings::Kind::fault);
  PageResponse response{kNoCookie, a[2] == no_such_code ? 7U : static_cast<std::uint32_t>(a[2])};
  if (fault != nullptr && fault->cookie != 0) response.cookie = fault->cookie;
  const long count = kernel.system().write(queue->fd, &response, sizeof(response) - (a[3] != 0 ? 1 : 0));
  if (count < 0) return failure(static_cast<int>(-count));
  if (count != sizeof(response)) return broken("a write of one answer took " + std::to_string(count) + " bytes");
  if (fault != nullptr) kernel.things.end(*fault);
  return success();
}

constexpr auto kFaultCalls = std::to_array<Call>({
    {"fault_queue.alloc", 1, fault_queue_alloc},
    {"fault_queue.close", 1, [](Kernel& kernel, Arguments a) { return kernel.close_queue(a[0], Kind::fault_queue); }},
    {"fault_queue.destroy", 1, [](Kernel& kernel, Arguments a) { return kernel.destroy(a[0], Kind::fault_queue); }},
    {"device.fault", 1, device_fault},
    {"fault_queue.read", 3, fault_queue_read},
    {"fault_queue.read_all", 1, fault_queue_read_all},
    {"fault_queue.answer", 4, fault_queue_answer},
});

}  // namespace

std::span<const Call> fault_calls() { return kFaultCalls; }

}  // namespace iolaw::dev_iommu
