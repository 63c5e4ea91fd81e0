// SPDX-License-Identifier: Apache-2.0
// Changing a stream table entry that the SMMU may read at any moment (linux arm-smmu-v3.c, arm_smmu_write_entry).
#pragma once

#include <functional>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/stage.hpp"

namespace hw::domain {

// The bits of an entry that matter to the SMMU, given what the entry says. An invalid one: V alone.
smmu::Words used_bits(const smmu::Words& entry);

// Writes word by word, with `sync` (CFGI_STE and CMD_SYNC) between steps, so that at every moment the SMMU sees the old
// entry, the new one, or, where these differ in more than one word, an invalid one. Returns how often it synchronized;
// it does so after each step that changed something.
unsigned write_stream_entry(Bus& bus, PhysAddr entry, const smmu::Words& target, const std::function<void()>& sync);

}  // namespace hw::domain
