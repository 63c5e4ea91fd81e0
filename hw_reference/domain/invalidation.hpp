// SPDX-License-Identifier: Apache-2.0
// Which commands make an SMMU forget the translations of a range (linux drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c).
#pragma once

#include <cstdint>
#include <functional>

#include "hw_reference/smmu/command.hpp"

namespace hw::domain {

// Whose translations, and in what pages.
struct Tag {
  bool second = false;  // stage 2, by VMID; else stage 1, by ASID
  bool parent = false;  // guests nest in it: combined entries go too
  std::uint16_t vmid = 0;
  std::uint16_t asid = 0;
  unsigned granule_shift = 12;  // 12, 14 or 16
  bool ranges = true;           // IDR3.RIL
};

// What was unmapped: first..last, closed, in leaves of sizes (a mask); and whether tables went too.
struct Stale {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t leaf_sizes = 0;
  bool tables = false;
};

using Emit = std::function<void(const smmu::Command&)>;

// Whether it takes fewer commands to forget all.
bool wants_whole(const Tag& tag, const Stale& stale);

// The translation part. Where combined entries must go, they do so by a command that has to wait for those before it:
// `barrier` is called in between.
void invalidate(const Tag& tag, const Stale& stale, const Emit& emit, const std::function<void()>& barrier);
void invalidate_whole(const Tag& tag, const Emit& emit);

// One ATC_INV whose naturally aligned span contains first..last.
smmu::Command endpoint_invalidation(smmu::StreamId stream, std::uint64_t first, std::uint64_t last);

// The digits of a range command: (num + 1) << scale granules.
struct RangeDigit {
  unsigned num;
  unsigned scale;
};
// Takes the next digit off `pages` > 0; adjacent, from below.
RangeDigit next_digit(std::uint64_t& pages);

}  // namespace hw::domain
