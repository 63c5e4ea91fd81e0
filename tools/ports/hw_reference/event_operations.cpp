// SPDX-License-Identifier: Apache-2.0
// Page faults that a user answers, and events of virtual IOMMUs.
#include <algorithm>
#include <array>
#include <cerrno>

#include "tools/ports/hw_reference/world.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {
namespace {

// Never outstanding: cookies count up from 1.
constexpr std::uint32_t kNoCookie = 0x7fff'0000;

PortAnswer alloc_faults(World& w, Arguments a) {
  const auto made = w.iommufd->fault_alloc(a[0] != 0 ? kUnknownFlag : 0);
  return made.ok() ? w.made(made.value, Kind::fault_queue) : failed(made.error);
}

// A fault carries its number as its address.
PortAnswer fault(World& w, Arguments a) {
  hw::PageFault request{};
  request.flags = hw::kFaultLastPage;
  request.dev_id = w.device(a[0]);
  request.perm = 1;
  request.addr = w.things() << hw::kPageShift;
  const int error = w.iommufd->device_fault(w.device(a[0]), request);
  return error != 0 ? failed(error) : succeeded(w.add(Fault{}));
}

PortAnswer read_fault(World& w, Arguments a) {
  constexpr std::uint64_t kRecords = 2;
  const std::uint64_t bytes = std::min(a[1], kRecords) * sizeof(hw::PageFault) + (a[2] != 0 ? 1 : 0);
  const auto faults = w.iommufd->fault_read(w.live(a[0], Kind::fault_queue), bytes);
  if (!faults.ok()) return failed(faults.error);
  if (faults.value.empty()) return failed(ENODATA);
  const std::uint64_t handle = World::thing(faults.value[0].addr >> hw::kPageShift);
  if (Fault* known = w.find<Fault>(handle)) known->cookie = faults.value[0].cookie;
  return succeeded(handle);
}

PortAnswer read_faults(World& w, Arguments a) {
  constexpr std::uint64_t kBytes = 1024 * sizeof(hw::PageFault);
  const auto faults = w.iommufd->fault_read(w.live(a[0], Kind::fault_queue), kBytes);
  if (!faults.ok()) return failed(faults.error);
  if (faults.value.empty()) return failed(ENODATA);
  for (const hw::PageFault& fault : faults.value)
    if (Fault* known = w.find<Fault>(World::thing(fault.addr >> hw::kPageShift))) known->cookie = fault.cookie;
  return succeeded(faults.value.size());
}

PortAnswer answer_fault(World& w, Arguments a) {
  enum : std::uint64_t { retry, invalid, no_such_code };
  Fault* known = w.find<Fault>(a[1]);
  hw::PageResponse response{kNoCookie, a[2] == no_such_code ? 7U : static_cast<std::uint32_t>(a[2])};
  if (known != nullptr && known->cookie != 0) response.cookie = known->cookie;
  const auto written = w.iommufd->fault_write(w.live(a[0], Kind::fault_queue), std::span(&response, 1),
                                              sizeof(response) - (a[3] != 0 ? 1 : 0));
  if (!written.ok()) return failed(written.error);
  if (known != nullptr) known->cookie = 0;
  return {};
}

PortAnswer alloc_events(World& w, Arguments a) {
  hw::VeventqAlloc request;
  request.viommu_id = w.id(a[0]);
  request.type = driver_type(a[1], hw::kMockVeventqType);
  request.depth = static_cast<std::uint32_t>(std::min<std::uint64_t>(a[2], 0xffff'ffff));
  request.flags = a[3] != 0 ? kUnknownFlag : 0;
  const auto made = w.iommufd->veventq_alloc(request);
  return made.ok() ? w.made(made.value, Kind::veventq) : failed(made.error);
}

PortAnswer read_event(World& w, Arguments a) {
  const auto events = w.iommufd->veventq_read(w.live(a[0], Kind::veventq), a[1]);
  if (!events.ok()) return failed(events.error);
  if (events.value.empty()) return failed(ENODATA);
  PortAnswer answer;
  answer.results = {(events.value[0].header.flags & hw::kVeventLost) != 0 ? 1U : 0U, events.value[0].header.sequence};
  return answer;
}

PortAnswer read_events(World& w, Arguments a) {
  constexpr std::uint64_t kBytes = 64 * 1024;
  const auto events = w.iommufd->veventq_read(w.live(a[0], Kind::veventq), kBytes);
  if (!events.ok()) return failed(events.error);
  if (events.value.empty()) return failed(ENODATA);
  const auto lost =
      static_cast<std::uint64_t>(std::count_if(events.value.begin(), events.value.end(), [](const hw::Vevent& event) {
        return (event.header.flags & hw::kVeventLost) != 0;
      }));
  PortAnswer answer;
  answer.results = {events.value.size() - lost, lost};
  return answer;
}

PortAnswer close(World& w, std::uint64_t handle, Kind kind) {
  return failed(w.iommufd->events_close(w.live(handle, kind)));
}

constexpr auto kEventOperations = std::to_array<Operation>({
    {"fault_queue.alloc", 1, alloc_faults},
    {"fault_queue.close", 1, [](World& w, Arguments a) { return close(w, a[0], Kind::fault_queue); }},
    {"fault_queue.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::fault_queue); }},
    {"device.fault", 1, fault},
    {"fault_queue.read", 3, read_fault},
    {"fault_queue.read_all", 1, read_faults},
    {"fault_queue.answer", 4, answer_fault},
    {"veventq.alloc", 4, alloc_events},
    {"veventq.close", 1, [](World& w, Arguments a) { return close(w, a[0], Kind::veventq); }},
    {"veventq.destroy", 1, [](World& w, Arguments a) { return w.destroy(a[0], Kind::veventq); }},
    {"veventq.report", 2, [](World& w, Arguments a) { return failed(w.iommufd->mock_vevent(w.device(a[1]))); }},
    {"veventq.overflow", 2, [](World& w, Arguments a) { return failed(w.iommufd->mock_vevent(w.device(a[1]))); }},
    {"veventq.read", 2, read_event},
    {"veventq.read_all", 1, read_events},
});

}  // namespace

std::span<const Operation> event_operations() { return kEventOperations; }

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
