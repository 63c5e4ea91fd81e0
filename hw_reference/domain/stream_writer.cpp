// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/stream_writer.hpp"

#include <bit>

#include "hw_reference/smmu/bits.hpp"

namespace hw::domain {

namespace {

constexpr std::uint64_t kEntryValid = 1;

constexpr std::uint64_t bits(unsigned high, unsigned low) {
  return (high == 63 ? ~std::uint64_t{0} : (std::uint64_t{1} << (high + 1)) - 1) & ~((std::uint64_t{1} << low) - 1);
}
constexpr std::uint64_t one(unsigned at) { return std::uint64_t{1} << at; }

}  // namespace

smmu::Words used_bits(const smmu::Words& entry) {
  smmu::Words used{};
  used[0] = kEntryValid;
  if ((entry[0] & kEntryValid) == 0) return used;
  used[0] |= bits(3, 1);  // Config
  const std::uint64_t config = entry[0] >> 1 & 7;
  if ((config & 4) == 0) return used;                    // abort
  if ((config & 1) != 0) {                               // stage 1
    used[0] |= bits(5, 4) | bits(51, 6) | bits(63, 59);  // S1Fmt, S1ContextPtr, S1CDMax
    // S1DSS, S1CIR, S1COR, S1CSH, MEV, S1STALLD, EATS, STRW
    used[1] |= bits(7, 0) | one(19) | one(27) | bits(31, 28);
    used[2] |= bits(15, 0);                            // S2VMID
    if ((entry[1] & 3) == 1) used[1] |= bits(45, 44);  // S1DSS bypass: SHCFG
  }
  if ((config & 2) != 0) {                                       // stage 2
    used[1] |= one(19) | one(25) | bits(29, 28) | bits(45, 44);  // MEV, S2FWB, EATS, SHCFG
    used[2] |= bits(15, 0) | bits(58, 32);                       // S2VMID, the shape and attributes of the walk
    used[3] |= bits(51, 4);                                      // S2TTB
  }
  if (config == 4) used[1] |= bits(45, 44);  // bypass: SHCFG
  return used;
}

unsigned write_stream_entry(Bus& bus, PhysAddr entry, const smmu::Words& target, const std::function<void()>& sync) {
  smmu::Words now{};
  for (unsigned i = 0; i < now.size(); ++i) now[i] = bus.read64(entry + 8 * i).value_or(0);
  unsigned syncs = 0;
  const auto write = [&](const smmu::Words& words, unsigned first, unsigned end) {
    bool changed = false;
    for (unsigned i = first; i < end; ++i) {
      if (now[i] == words[i]) continue;
      bus.write64(entry + 8 * i, words[i]);
      now[i] = words[i];
      changed = true;
    }
    if (!changed) return;
    sync();
    ++syncs;
  };

  // The new bits where the old entry does not look, and the words in which that is not enough.
  const smmu::Words used_now = used_bits(now);
  const smmu::Words used_then = used_bits(target);
  smmu::Words unused_update{};
  unsigned differing = 0;
  unsigned critical = 0;
  for (unsigned i = 0; i < now.size(); ++i) {
    unused_update[i] = (now[i] & used_now[i]) | (target[i] & ~used_now[i]);
    if ((unused_update[i] & used_then[i]) == (target[i] & used_then[i])) continue;
    ++differing;
    critical = i;
  }
  const auto all = static_cast<unsigned>(now.size());
  if (differing == 1) {
    unused_update[critical] = now[critical];
    write(unused_update, 0, all);
    write(target, critical, critical + 1);
    write(target, 0, all);
  } else if (differing > 1) {
    smmu::Words invalid = now;
    invalid[0] &= ~kEntryValid;
    write(invalid, 0, 1);
    write(target, 1, all);
    write(target, 0, 1);
  } else {
    write(target, 0, all);
  }
  return syncs;
}

}  // namespace hw::domain
