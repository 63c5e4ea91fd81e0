// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tools/smmu_qemu/device_pair.hpp"

namespace smmu_qemu {

// Each makes `cases` random cases, prints what came of them, and returns the number of accesses that differ in a way
// that is not known. A part of QEMU that is not there (stage 2 before 8.1, nesting before 9.1) is said to be left out.
unsigned run_campaigns(DevicePair& pair, unsigned cases, std::uint64_t seed);

// What stays in the TLB, and what each TLBI removes: pages come and go, invalidations are sent or forgotten.
unsigned compare_invalidations(DevicePair& pair, unsigned scripts, std::uint64_t seed);
// Which commands stop the queue, where, and how it goes on.
unsigned compare_commands(DevicePair& pair, unsigned cases, std::uint64_t seed);

}  // namespace smmu_qemu
