// SPDX-License-Identifier: Apache-2.0
// Failing allocations in the kernel, by its own fault injection (Documentation/fault-injection/fault-injection.rst).
#pragma once

#include <memory>

#include "tools/ports/dev_iommu/system_calls.hpp"

namespace iolaw::dev_iommu {

// A failing call changes nothing, so a call that fails for lack of memory may be made again as if it had never been
// made. Here every ioctl, open and mmap is: with a failure at its first allocation, at its second one, and so on, until
// one attempt meets no failure or does without the memory. What that answers is the answer, and later calls show
// whether an earlier attempt left anything behind.
//
// Throws std::runtime_error if the kernel offers none (CONFIG_FAULT_INJECTION_DEBUG_FS), or debugfs is not mounted.
std::unique_ptr<SystemCalls> faulting_system_calls(std::unique_ptr<SystemCalls> calls);

}  // namespace iolaw::dev_iommu
