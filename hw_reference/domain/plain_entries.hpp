// SPDX-License-Identifier: Apache-2.0
// Stream table entries that need no domain.
#pragma once

#include "hw_reference/smmu/stage.hpp"

namespace hw::domain {

inline constexpr std::uint64_t kIncomingShareability = 1ULL << 44;

// S1DSS: what a transaction without a substream does where there is a table of contexts.
inline constexpr unsigned kTerminate = 0, kBypassStage1 = 1, kSubstream0 = 2;

inline smmu::Words aborting() { return {1}; }
inline smmu::Words bypassing() { return {1 | 4ULL << 1, kIncomingShareability}; }

}  // namespace hw::domain
