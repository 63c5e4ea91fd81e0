// SPDX-License-Identifier: Apache-2.0
// What Linux is known to do otherwise than the law says, by the numbers of spec/DIVERGENCES.md: calls that would show
// it are answered `unsupported`, with that number, so that a run goes on to what is not known. That Linux still does it
// is seen by the programs of spec/divergences.
#pragma once

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {

// 3: a vIOMMU of the test driver that lost its second queue takes it for being there, and the first for gone.
inline PortAnswer divergence_3() { return unsupported("DIVERGENCES.md, 3: the driver has the wrong queues in mind"); }

// 4: from so many bytes of entries on, the array that the driver asks for makes the kernel warn.
inline constexpr std::uint64_t kMostEntryBytes = 4 << 20;
inline PortAnswer divergence_4() { return unsupported("DIVERGENCES.md, 4: the kernel warns of so many entries"); }

}  // namespace iolaw::dev_iommu
