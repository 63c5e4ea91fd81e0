// SPDX-License-Identifier: Apache-2.0
#include "tools/smmu_qemu/campaigns.hpp"

#include <fmt/format.h>

#include "tools/smmu_qemu/configuration.hpp"

namespace smmu_qemu {

namespace {

constexpr unsigned kAccesses = 3;  // of each configuration

// Each access is the first after an invalidation, so that only configuration and walks are compared.
unsigned compare_walks(DevicePair& pair, const char* title, Mode mode, bool mutate, unsigned cases,
                       std::uint64_t seed) {
  smmu::Chooser chooser(seed);
  Report report(title);
  for (unsigned i = 0; i < cases; ++i) {
    Configuration one(pair, chooser, mode, mutate);
    for (unsigned j = 0; j < kAccesses; ++j) {
      const std::uint64_t iova = one.input();
      const bool write = chooser.chance(128);
      Sighting sighting = one.sighting();
      sighting.input = iova;
      std::tie(sighting.ours, sighting.theirs) = pair.access(iova, write);
      report.add(sighting, fmt::format("{}: {} iova {:#x} {}", i, one.text(), iova, write ? "write" : "read"));
      pair.run(smmu::command::tlbi_nsnh_all());
    }
  }
  report.print();
  return report.unknown();
}

bool nests(DevicePair& pair) {
  // Before QEMU could nest, such an entry was illegal there.
  if (!pair.features().stage1 || !pair.features().stage2) return false;
  pair.poke(kStreamEntry, 1 | 7 << 1 | kContext);
  pair.poke(kStreamEntry + 8, 0);
  pair.poke(kStreamEntry + 16, 5 | 24ull << 32 | 1ull << 38 | 4ull << 48 | 1ull << 51 | 1ull << 58);
  pair.poke(kStreamEntry + 24, kSecond);
  pair.run(smmu::command::cfgi_all());
  return pair.access(kData, false).second.code != 0x04;
}

}  // namespace

unsigned run_campaigns(DevicePair& pair, unsigned cases, std::uint64_t seed) {
  unsigned unknown = 0, accesses = 0;
  // The same shares for every version of QEMU: what it cannot do is left out.
  const auto walks = [&](const char* title, Mode mode, bool mutate, bool possible) {
    if (!possible) {
      fmt::print("{}: left out, this QEMU has no such stage\n", title);
      return;
    }
    unknown += compare_walks(pair, title, mode, mutate, cases / 8 + 1, seed);
    accesses += cases / 8 + 1;
  };
  const bool second = pair.features().stage2, nested = nests(pair);
  walks("walks of stage 1", Mode::stage1, false, true);
  walks("entries and contexts of stage 1", Mode::stage1, true, true);
  walks("walks of stage 2", Mode::stage2, false, second);
  walks("entries of stage 2", Mode::stage2, true, second);
  walks("walks of both stages", Mode::nested, false, nested);
  walks("entries and contexts of both stages", Mode::nested, true, nested);
  const unsigned rest = cases > accesses ? cases - accesses : 0;
  unknown += compare_invalidations(pair, rest / 2, seed);
  unknown += compare_commands(pair, rest - rest / 2, seed);
  fmt::print("{} cases: {}\n", cases,
             unknown == 0 ? "they agree, but for known differences" : fmt::format("{} unknown differences", unknown));
  return unknown;
}

}  // namespace smmu_qemu
