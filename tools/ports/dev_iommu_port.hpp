// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/port/port.hpp"
#include "tools/ports/dev_iommu/system_calls.hpp"

namespace iolaw {

// How the client of /dev/iommu works.
struct DevIommuOptions {
  std::string device = "/dev/iommu";

  // Every call is first made with failing allocations, at one place after the other, until it ends otherwise than for
  // lack of memory: if failure changes nothing, it ends as it would have.
  bool faults = false;

  // Makes the calls that are known to end otherwise than the law says (spec/DIVERGENCES.md), which are answered
  // `unsupported` if not.
  bool diverging = false;

  // Decides how each call is made where the law knows of no difference (variations.hpp); 0: in the plain way.
  std::uint64_t variations = 0;
};

// Of the words `faults`, `diverging` and `vary=SEED`, separated by commas. Throws std::runtime_error.
DevIommuOptions parse_dev_iommu_words(std::string_view words);

// The port "dev_iommu", or "dev_iommu:WORDS": a real Linux kernel with CONFIG_IOMMUFD_TEST, through its /dev/iommu.
// Needs root, and on a kernel in daily use nobody should want to run it: tools/linux/run boots one for it.
//
// Calls are ioctls; errors are the errno of the ioctl. The law's MEMORY lies at the law's own addresses; the process
// maps nothing else below 4 GiB (see ClientMemory). reset() closes every file, opens the device anew, and finds out
// whether the kernel still pins a page of the client memory: if it does, every later call answers `broken`.
//
// Throws std::runtime_error with a sentence for the user if there is no such device, no test driver, no room for the
// client memory, no such word, or, with `faults`, no fault injection. One port at a time.
std::unique_ptr<Port> make_dev_iommu_port(const std::string& words = "");

void register_dev_iommu_ports();

// The same client on something that stands in for a kernel. Of the addresses below 4 GiB it must take those of the
// law's MEMORY for memory that can be pinned, and no others.
std::unique_ptr<Port> make_port_on(std::string name, std::unique_ptr<dev_iommu::SystemCalls> system,
                                   const std::string& device);

}  // namespace iolaw
