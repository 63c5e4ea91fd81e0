// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "hw_reference/smmu/bits.hpp"
#include "tools/smmu_qemu/campaigns.hpp"

namespace smmu_qemu {

namespace {

namespace command = smmu::command;

constexpr std::uint32_t kIndexMask = 0xf'ffff;

// Where the queue of one device stands: code 0, or kStopped and the error, with CONS as the input.
Outcome queue_of(std::uint32_t cons, std::uint32_t gerror, std::uint32_t gerrorn) {
  Outcome outcome;
  const bool stopped = ((gerror ^ gerrorn) & 1) != 0;
  if (stopped) outcome.code = Outcome::kStopped + (cons >> 24 & 0x7f);
  outcome.input = cons & kIndexMask;
  return outcome;
}

smmu::Command any_command(smmu::Chooser& chooser) {
  constexpr std::uint8_t kOpcodes[] = {0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x28, 0x2a, 0x30, 0x46};
  smmu::Command c{chooser.next(), chooser.next()};
  const std::uint8_t opcode =
      chooser.chance(224) ? kOpcodes[chooser.below(std::size(kOpcodes))] : static_cast<std::uint8_t>(chooser.next());
  // Streams that exist, the non-secure state, and no signal to anywhere, but for one in eight.
  c.low = (c.low & ~0xffull) | opcode;
  if (chooser.chance(224)) c.low &= ~(1ull << 10);
  if (opcode >= 0x03 && opcode <= 0x06) {
    c.low = hw::with_field(c.low, 63, 32, chooser.below(256));
    c.high = hw::with_field(c.high, 4, 0, chooser.below(8));
  }
  if (opcode == 0x46 && chooser.chance(224)) c.low = hw::with_field(c.low, 13, 12, 0);
  if (opcode == 0x46 && hw::field(c.low, 13, 12) == 1) c.high = kData;
  return c;
}

}  // namespace

unsigned compare_commands(DevicePair& pair, unsigned cases, std::uint64_t seed) {
  smmu::Chooser chooser(seed);
  Report report(fmt::format("commands, {} batches", cases));
  for (unsigned i = 0; i < cases; ++i) {
    std::vector<smmu::Command> batch;
    for (std::uint64_t n = chooser.below(4); n > 0; --n) batch.push_back(command::tlbi_nh_asid(0, 1));
    const std::uint32_t odd = (pair.prod() + static_cast<std::uint32_t>(batch.size())) & ((2u << kRingBits) - 1);
    const smmu::Command tried = any_command(chooser);
    batch.push_back(tried);
    batch.push_back(command::tlbi_nsnh_all());
    batch.push_back(command::sync());
    pair.send(batch);
    const auto look = [&](const char* when) {
      const auto cons = pair.registers(smmu::reg::kCmdqCons), gerror = pair.registers(smmu::reg::kGerror),
                 gerrorn = pair.registers(smmu::reg::kGerrorn);
      Sighting sighting;
      sighting.traits = kCommand | (pair.features().stage2 ? 0u : kNoStage2);
      sighting.ours = queue_of(cons.first, gerror.first, gerrorn.first);
      sighting.theirs = queue_of(cons.second, gerror.second, gerrorn.second);
      sighting.context[0] = tried.low;
      sighting.context[1] = tried.high;
      report.add(sighting, fmt::format("{}: command {:#x} {:#x} at {}, {}", i, tried.low, tried.high, odd, when));
      return sighting.ours.code != 0 && sighting.theirs.code != 0;
    };
    if (look("sent")) {
      // Another command in its place, and the error acknowledged: it goes on without a write to PROD.
      pair.overwrite(odd, command::sync());
      pair.acknowledge();
      look("acknowledged");
    }
    pair.restart_commands();
  }
  report.print();
  return report.unknown();
}

}  // namespace smmu_qemu
