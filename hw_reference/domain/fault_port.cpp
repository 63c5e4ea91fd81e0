// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/fault_port.hpp"

#include <new>

namespace hw::domain {

namespace {

hw_reference::PageFault shown(const DeviceFault& fault) {
  hw_reference::PageFault page;
  page.pasid = fault.substream.value_or(hw_reference::kNoPasid);
  page.grpid = fault.token;
  page.perm = (fault.read ? hw_reference::kFaultRead : 0) | (fault.access.write ? hw_reference::kFaultWrite : 0) |
              (fault.access.instruction ? hw_reference::kFaultExecute : 0) |
              (fault.access.privileged ? hw_reference::kFaultPrivileged : 0);
  page.addr = fault.address;
  return page;
}

}  // namespace

FaultPort::FaultPort(Driver& driver, smmu::StreamId stream, hw_reference::Iommufd& iommufd,
                     hw_reference::ObjectId device)
    : driver_(driver), stream_(stream), iommufd_(iommufd), device_(device) {
  driver_.set_fault_handler(stream_, [this](const DeviceFault& fault) { return take(fault); });
}

FaultPort::~FaultPort() { driver_.set_fault_handler(stream_, {}); }

// Without memory a group is not taken, and fails.
bool FaultPort::take(const DeviceFault& fault) {
  const Key key{fault.substream.value_or(hw_reference::kNoPasid), fault.token};
  try {
    std::vector<hw_reference::PageFault>& group = partial_[key];
    group.push_back(shown(fault));
    if (!fault.last) return true;
    const auto whole = partial_.extract(key);
    return iommufd_.device_faults(device_, whole.mapped()) == 0;
  } catch (const std::bad_alloc&) {
    partial_.erase(key);
    return false;
  }
}

}  // namespace hw::domain
