// SPDX-License-Identifier: Apache-2.0
// The way of the faults of one device to the queues of iommufd (linux drivers/iommu/io-pgfault.c).
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "hw_reference/domain/driver.hpp"
#include "hw_reference/iommufd/iommufd.hpp"

namespace hw::domain {

// Faults of a stream, which Driver::handle_faults finds, reach the fault queue that the device's page table has. Page
// requests are collected until the last of their group has come. The answers take the way of
// IommuDevice::answer_faults. Ends before the driver and the open file; not while a lock of theirs is held.
class FaultPort {
 public:
  FaultPort(Driver& driver, smmu::StreamId stream, hw_reference::Iommufd& iommufd, hw_reference::ObjectId device);
  ~FaultPort();
  FaultPort(const FaultPort&) = delete;
  FaultPort& operator=(const FaultPort&) = delete;

 private:
  bool take(const DeviceFault& fault);

  using Key = std::pair<hw_reference::Pasid, std::uint16_t>;
  Driver& driver_;
  const smmu::StreamId stream_;
  hw_reference::Iommufd& iommufd_;
  const hw_reference::ObjectId device_;
  std::map<Key, std::vector<hw_reference::PageFault>> partial_;  // protected by the driver's mutex of faults
};

}  // namespace hw::domain
