// SPDX-License-Identifier: Apache-2.0
// Invalidations that a guest cannot send through a queue of its own: the host checks and rewrites them, and sends them
// through the SMMU's queue (iommufd cache_invalidate; linux drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c).
#pragma once

#include <optional>

#include "hw_reference/cmdqv/filter.hpp"

namespace hw::cmdqv {

// The command for the SMMU's queue. Empty (-EIO): not for guests, an unknown device, or anything that could raise
// CERROR_ILL there, which would hurt every other user of that queue.
std::optional<smmu::Command> convert_trapped(const smmu::Command& command, const QueueOwner& owner,
                                             const smmu::Features& features);

}  // namespace hw::cmdqv
