// SPDX-License-Identifier: Apache-2.0
// A random life of one domain: a small driver maps, unmaps, prunes tables and attaches while a device does DMA, and
// every outcome is compared with what the driver promised. The driver can be made to forget one kind of invalidation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hw_reference/smmu/features.hpp"
#include "hw_reference/smmu/policy.hpp"

namespace hw::smmu::testing {

// What the driver forgets. Each is a defect that real drivers have had.
enum class Omission : std::uint8_t {
  none,
  leaf_invalidation,   // no TLBI after a leaf was removed
  table_invalidation,  // the TLBI after a table was removed is for leaves only
  sync,                // no CMD_SYNC before the frame is used again
  configuration,       // no CFGI after an STE changed
};

enum class Regimes : std::uint8_t { stage1, stage2, nested };

struct WorkloadOptions {
  std::uint64_t seed = 1;
  Regimes regimes = Regimes::stage1;
  unsigned granule_shift = 12;
  Features features;
  Policy policy;
  Omission omission = Omission::none;
  unsigned steps = 300;
};

// The first outcome that differs from the promise; empty if none does.
std::optional<std::string> run_workload(const WorkloadOptions& options);

}  // namespace hw::smmu::testing
