// SPDX-License-Identifier: Apache-2.0
// This model and QEMU's SMMUv3, programmed alike, over memory with the same content.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"
#include "hw_reference/smmu/test/qemu/qemu_process.hpp"

namespace hw::smmu::testing {

inline constexpr PhysAddr kStreams = QemuProcess::kRam + 0x10'0000, kCommands = QemuProcess::kRam + 0x20'0000,
                          kEvents = QemuProcess::kRam + 0x30'0000, kContext = QemuProcess::kRam + 0x40'0000,
                          kTables = QemuProcess::kRam + 0x100'0000, kData = QemuProcess::kRam + 0x800'0000;
inline constexpr unsigned kRingBits = 8;
inline constexpr std::uint32_t kMarker = 0x5a17'c0de;

// What QEMU implements, from the identification registers that it shows.
inline Features features_of(QemuProcess& qemu) {
  const std::uint32_t idr0 = qemu.read32(QemuProcess::kSmmu), idr1 = qemu.read32(QemuProcess::kSmmu + 4),
                      idr3 = qemu.read32(QemuProcess::kSmmu + 0xc), idr5 = qemu.read32(QemuProcess::kSmmu + 0x14);
  Features f;
  f.stage1 = bit(idr0, 1);
  f.stage2 = bit(idr0, 0);
  f.asid16 = bit(idr0, 12);
  f.vmid16 = bit(idr0, 18);
  f.two_level_contexts = bit(idr0, 19);
  f.two_level_streams = bit(idr0, 27);
  f.ats = bit(idr0, 10);
  f.msi = bit(idr0, 13);
  f.read_as_zero = !bit(idr0, 26);
  f.hardware_update = static_cast<unsigned>(field(idr0, 7, 6));
  f.stream_bits = static_cast<unsigned>(field(idr1, 5, 0));
  f.substream_bits = static_cast<unsigned>(field(idr1, 10, 6));
  f.hierarchical_attribute_disable = bit(idr3, 2);
  f.small_tables = bit(idr3, 9);
  f.range_invalidation = bit(idr3, 10);
  f.output_bits = decode_address_size(static_cast<unsigned>(field(idr5, 2, 0)));
  f.granule_4k = bit(idr5, 4);
  f.granule_16k = bit(idr5, 5);
  f.granule_64k = bit(idr5, 6);
  return f;
}

// What an access came to: an event code, or 0 for success.
struct Outcome {
  unsigned code = 0;
  std::uint64_t input = 0;
  bool stage2 = false, read = false;
  bool operator==(const Outcome&) const = default;
};

// Both devices, with one content of memory.
class Pair {
 public:
  explicit Pair(const std::string& program)
      : qemu(program), ours(memory, features_of(qemu), {.widen = 0, .combine = 0}) {
    memory.poison(0, QemuProcess::kRam - 1);
    memory.poison(QemuProcess::kRamLast + 1, low_bits(52) - 1);
    for (const auto& [offset, value] :
         std::initializer_list<std::pair<std::uint32_t, std::uint64_t>>{{reg::kStrtabBase, kStreams},
                                                                        {reg::kCmdqBase, kCommands | kRingBits},
                                                                        {reg::kEvtqBase, kEvents | kRingBits}}) {
      qemu.write64(QemuProcess::kSmmu + offset, value);
      ours.write64(offset, value);
    }
    both(reg::kStrtabBaseCfg, 8);
    both(reg::kCr0, cr0::kSmmuEnable | cr0::kEventQueueEnable | cr0::kCommandQueueEnable);
    // The marker gets into the device's buffer through a stream that is bypassed.
    poke(kStreams + 64 * QemuProcess::kStream, 1 | 4 << 1);
    run(command::cfgi_all());
    poke(kData, kMarker);
    qemu.load(kData);
    (void)ours.translate({.stream = QemuProcess::kStream});
    (void)drain();
  }

  void poke(PhysAddr at, std::uint64_t value) {
    qemu.write64(at, value);
    memory.write64(at, value);
  }
  void both(std::uint32_t offset, std::uint32_t value) {
    qemu.write32(QemuProcess::kSmmu + offset, value);
    ours.write32(offset, value);
  }
  void run(const Command& c) {
    for (const Command& each : {c, command::sync()}) {
      const PhysAddr at = kCommands + 16 * (prod_ % (1u << kRingBits));
      poke(at, each.low);
      poke(at + 8, each.high);
      prod_ = (prod_ + 1) & ((2u << kRingBits) - 1);
    }
    both(reg::kCmdqProd, prod_);
  }

  // The first event of each, and whether a write arrived where we say.
  std::pair<Outcome, Outcome> access(std::uint64_t iova, bool write) {
    const auto result = ours.translate({.stream = QemuProcess::kStream, .address = iova, .access = {.write = write}});
    const bool in_ram = result && result->address >= kData && result->address + 3 <= QemuProcess::kRamLast;
    if (write && in_ram) qemu.write32(result->address & ~3ull, 0);
    qemu.dma(iova, write);
    auto outcomes = drain();
    // A silent abort is a failure as well; QEMU's is seen by what did not arrive.
    if (!result && outcomes.first.code == 0) outcomes.first.code = 0xff;
    if (write && in_ram && outcomes.second.code == 0 && qemu.read32(result->address & ~3ull) != kMarker) {
      outcomes.second.code = 0xff;
    }
    if (!write || !result) {
      if (outcomes.first.code == 0xff && outcomes.second.code == 0) outcomes.second.code = 0xff;  // cannot be told
    }
    return outcomes;
  }

  QemuProcess qemu;
  SparseMemory memory;
  Smmu ours;

 private:
  static Outcome outcome_of(const Event& event) {
    return {static_cast<unsigned>(event.code), event.input & ~3ull, event.stage2,
            tells_address(event.code) && !event.access.write};
  }
  template <typename Read32, typename Read64, typename Write32>
  std::optional<Event> first_event(Read32 read32, Read64 read64, Write32 write32) {
    const std::uint32_t prod = read32(reg::kEvtqProd), cons = read32(reg::kEvtqCons);
    std::optional<Event> event;
    if (((prod ^ cons) & ((2u << kRingBits) - 1)) != 0) {
      std::array<std::uint64_t, 4> words{};
      for (unsigned i = 0; i < 4; ++i) words[i] = read64(kEvents + 32 * (cons % (1u << kRingBits)) + 8 * i);
      event = Event::decode(words);
    }
    write32(reg::kEvtqCons, prod);
    return event;
  }
  std::pair<Outcome, Outcome> drain() {
    const auto mine = first_event([&](auto o) { return ours.read32(o); }, [&](auto a) { return *memory.read64(a); },
                                  [&](auto o, auto v) { ours.write32(o, v); });
    const auto theirs =
        first_event([&](auto o) { return qemu.read32(QemuProcess::kSmmu + o); }, [&](auto a) { return qemu.read64(a); },
                    [&](auto o, auto v) { qemu.write32(QemuProcess::kSmmu + o, v); });
    return {mine ? outcome_of(*mine) : Outcome{}, theirs ? outcome_of(*theirs) : Outcome{}};
  }
  std::uint32_t prod_ = 0;
};

}  // namespace hw::smmu::testing
