// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "model/port/port.hpp"
#include "tools/ports/dev_iommu/system_calls.hpp"

namespace iolaw {

// The port "dev_iommu": a real Linux kernel with CONFIG_IOMMUFD_TEST, through its /dev/iommu. Needs root, and on a
// kernel in daily use nobody should want to run it: tools/linux/run boots one for it.
//
// Calls are ioctls; errors are the errno of the ioctl. The law's MEMORY lies at the law's own addresses; the process
// maps nothing else below 4 GiB (see ClientMemory). reset() closes every file, opens the device anew, and finds out
// whether the kernel still pins a page of the client memory: if it does, every later call answers `broken`.
//
// Throws std::runtime_error with a sentence for the user if there is no such device, no test driver, or no room for the
// client memory. One port at a time.
std::unique_ptr<Port> make_dev_iommu_port(const std::string& device = "/dev/iommu");

// The port "dev_iommu:faults": the same, but every call is first made with failing allocations, at one place after the
// other, until it ends otherwise than for lack of memory. Answers as "dev_iommu" does, if failure changes nothing.
// Throws likewise, and if the kernel offers no fault injection.
std::unique_ptr<Port> make_dev_iommu_faults_port(const std::string& device = "/dev/iommu");

// The same client on something that stands in for a kernel. Of the addresses below 4 GiB it must take those of the
// law's MEMORY for memory that can be pinned, and no others.
std::unique_ptr<Port> make_port_on(std::string name, std::unique_ptr<dev_iommu::SystemCalls> system,
                                   const std::string& device);

}  // namespace iolaw
