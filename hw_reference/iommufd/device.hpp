// SPDX-License-Identifier: Apache-2.0
// Devices, and how they are attached to page tables.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "hw_reference/iommufd/driver.hpp"
#include "hw_reference/iommufd/fault_queue.hpp"
#include "hw_reference/iommufd/hwpt.hpp"
#include "hw_reference/iommufd/object_table.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct Context;
class Device;
class Vdevice;

// Devices that the hardware cannot keep apart: they share every attachment.
struct Group {
  std::vector<Device*> devices;  // protected by the control mutex
};

// Protected by the control mutex of the open file; `driver` and `group` never change, and answers are counted by the
// lock of a queue of faults.
class Device final : public Object, public FaultSource {
 public:
  static constexpr ObjectType kType = ObjectType::device;

  // Joins the group. Throws std::bad_alloc.
  Device(std::unique_ptr<IommuDevice> with, const std::shared_ptr<Group>& in);
  ~Device() override;

  struct Attachment {
    Hold<Hwpt> hwpt;
    Hold<Object> device;  // itself: an attached device is in use
  };

  // What the group is attached to, null if nothing.
  Hwpt* attached(Pasid pasid) const;
  bool has_pasids() const;  // whether the group is attached with any

  void answered(const PageFault& last, std::uint32_t code) override {
    (code == 0 ? accepted : rejected).fetch_add(1);
    driver->answer_faults(last, code);
  }

  const std::unique_ptr<IommuDevice> driver;
  const std::shared_ptr<Group> group;
  std::map<Pasid, Attachment> attachments;
  Vdevice* vdevice = nullptr;
  bool unbinding = false;
  std::atomic<std::uint32_t> accepted{0};  // page requests that were answered
  std::atomic<std::uint32_t> rejected{0};
};

// All of these are called with the control mutex held; errors are those of iommufd.hpp. They return the HWPT that is
// used.
Result<ObjectId> attach_device(Context& context, const Hold<Device>& device, Pasid pasid, ObjectId pt_id);
Result<ObjectId> replace_device(Context& context, const Hold<Device>& device, Pasid pasid, ObjectId pt_id);
void detach_device(Context& context, Device& device, Pasid pasid);

// Detaches and destroys; without the control mutex. ENOENT: no such device.
int unbind_device(Context& context, ObjectId id);
// The first half of it, with the control mutex; afterwards no call can use the device. The caller then takes it out.
void quiesce_device(Context& context, Device& device);

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
