// SPDX-License-Identifier: Apache-2.0
// The adversary: every choice that the architecture leaves to an implementation, drawn from one seed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hw::smmu {

// Chances are out of 256 at each opportunity. Every setting is a legal SMMU: a correct driver sees no difference.
struct Policy {
  std::uint64_t seed = 1;
  unsigned fill = 256;       // keep what a fetch or a walk has read
  unsigned use = 256;        // use a cached entry that matches, rather than look at memory again
  unsigned evict = 0;        // drop a random entry of each cache
  unsigned speculate = 0;    // translate an address near one that was seen, or fetch configuration, unasked
  unsigned widen = 256;      // believe the contiguous hint of a descriptor
  unsigned combine = 256;    // keep the product of both stages as one entry, which TLBI_S2_IPA does not remove
  unsigned delay = 0;        // be late where that is allowed: acknowledge, consume, invalidate before the SYNC, report
  unsigned tear = 0;         // read the words of a configuration structure at different moments
  unsigned conflict = 0;     // report F_TLB_CONFLICT for a multiple hit (only below BBML 2)
  unsigned merge = 0;        // drop an event record that an equal one may stand for
  std::size_t capacity = 0;  // TLB entries; 0: no limit. Beyond it a random one is dropped

  // Caches nothing.
  static Policy exact() { return {.fill = 0, .use = 0, .widen = 0, .combine = 0}; }
  // Keeps everything until told otherwise, and always believes it. The default.
  static Policy keep_everything() { return {}; }
  // All of it at random.
  static Policy adversarial(std::uint64_t seed) {
    return {.seed = seed,
            .fill = 208,
            .use = 216,
            .evict = 16,
            .speculate = 64,
            .widen = 128,
            .combine = 128,
            .delay = 128,
            .tear = 96,
            .conflict = 128,
            .merge = 128};
  }
};

// splitmix64. Deterministic on every platform.
class Chooser {
 public:
  explicit Chooser(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  // `count` > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  // Certain and impossible chances draw nothing, so that the default policy costs nothing.
  bool chance(unsigned of_256) { return of_256 >= 256 || (of_256 > 0 && (next() >> 56) < of_256); }

 private:
  std::uint64_t state_;
};

}  // namespace hw::smmu
