// SPDX-License-Identifier: Apache-2.0
// A slice of an IOMMU that a guest sees: virtual IOMMUs, the places of devices in them, queues in guest memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/device.hpp"
#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/hwpt.hpp"
#include "hw_reference/iommufd/object.hpp"
#include "hw_reference/iommufd/vevent_queue.hpp"
#include "hw_reference/mutex.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct Context;
class HwQueue;
class Vdevice;

// devices, queues: protected by the control mutex of the open file. events: by events_mutex, so that an event can be
// reported at any time; the mutex of a queue of events is taken under it. Everything else never changes.
class Viommu final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::viommu;

  Viommu(Context& of, std::uint32_t type_number, const Hold<HwptPaging>& nest_parent, const void* on)
      : Object(kType), parent(nest_parent), viommu_type(type_number), instance(on), context_(of) {}
  ~Viommu() override { retire(); }
  void retire() override;

  // Passes an event on. EOPNOTSUPP: no queue takes that type; ENOMEM: it is lost.
  int report(std::uint32_t event_type, std::span<const std::byte> data);

  Hold<HwptPaging> parent;
  const std::uint32_t viommu_type;
  const void* const instance;
  std::unique_ptr<VirtualIommu> driver;
  std::map<std::uint64_t, Vdevice*> devices;                           // by virtual id
  std::map<std::pair<std::uint32_t, std::uint32_t>, HwQueue*> queues;  // by type and index
  Mutex events_mutex;
  std::map<std::uint32_t, VeventQueue*> events;  // by type

 private:
  Context& context_;
};

// The place of a device in a virtual IOMMU. Immutable until it is retired.
class Vdevice final : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::vdevice;

  Vdevice(const Hold<Viommu>& of, const Hold<Device>& what, std::uint64_t at)
      : Object(kType), viommu(of), device(what), virt_id(at) {}
  void retire() override;

  Hold<Viommu> viommu;
  Hold<Device> device;
  const std::uint64_t virt_id;
};

// A queue that the hardware reads in guest memory, which an access of its own keeps pinned and mapped.
class HwQueue final : public Object, public std::enable_shared_from_this<HwQueue> {
 public:
  static constexpr ObjectType kType = ObjectType::hw_queue;

  HwQueue(Context& of, const Hold<Viommu>& on, std::uint32_t type_number, std::uint32_t number)
      : Object(kType), viommu(on), queue_type(type_number), index(number), context_(of) {}
  ~HwQueue() override { retire(); }
  void retire() override;

  Hold<Viommu> viommu;
  Hold<HwQueue> needs;  // the queue without which this one cannot be
  const std::uint32_t queue_type;
  const std::uint32_t index;
  ObjectId access = 0;       // what pins the memory
  bool initialized = false;  // the driver knows it

 private:
  Context& context_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
