// SPDX-License-Identifier: Apache-2.0
#include "tools/smmu_qemu/device_pair.hpp"

#include <initializer_list>

#include "hw_reference/smmu/bits.hpp"

namespace smmu_qemu {

using namespace hw::smmu;  // NOLINT: the vocabulary of the device
using hw::bit;
using hw::field;
using hw::low_bits;

Features features_of(QemuProcess& qemu) {
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
  f.command_queue_bits = static_cast<unsigned>(field(idr1, 25, 21));
  f.hierarchical_attribute_disable = bit(idr3, 2);
  f.small_tables = bit(idr3, 9);
  f.range_invalidation = bit(idr3, 10);
  f.output_bits = decode_address_size(static_cast<unsigned>(field(idr5, 2, 0)));
  f.granule_4k = bit(idr5, 4);
  f.granule_16k = bit(idr5, 5);
  f.granule_64k = bit(idr5, 6);
  return f;
}

DevicePair::DevicePair(const std::string& program)
    : qemu_(program), ours_(memory_, features_of(qemu_), {.widen = 0, .combine = 256}) {
  memory_.poison(0, QemuProcess::kRam - 1);
  memory_.poison(QemuProcess::kRamLast + 1, low_bits(52) - 1);
  for (const auto& [offset, value] :
       std::initializer_list<std::pair<std::uint32_t, std::uint64_t>>{{reg::kStrtabBase, kStreams},
                                                                      {reg::kCmdqBase, kCommands | kRingBits},
                                                                      {reg::kEvtqBase, kEvents | kRingBits}}) {
    qemu_.write64(QemuProcess::kSmmu + offset, value);
    ours_.write64(offset, value);
  }
  both(reg::kStrtabBaseCfg, 8);
  both(reg::kCr0, cr0::kSmmuEnable | cr0::kEventQueueEnable | cr0::kCommandQueueEnable);
  // The marker gets into the device's buffer through a stream that is bypassed.
  poke(kStreamEntry, 1 | 4 << 1);
  run(command::cfgi_all());
  poke(kData, kMarker);
  qemu_.load(kData);
  (void)ours_.translate({.stream = QemuProcess::kStream});
  (void)drain();
}

void DevicePair::poke(PhysAddr at, std::uint64_t value) {
  qemu_.write64(at, value);
  memory_.write64(at, value);
}

void DevicePair::both(std::uint32_t offset, std::uint32_t value) {
  qemu_.write32(QemuProcess::kSmmu + offset, value);
  ours_.write32(offset, value);
}

std::pair<std::uint32_t, std::uint32_t> DevicePair::registers(std::uint32_t offset) {
  return {ours_.read32(offset), qemu_.read32(QemuProcess::kSmmu + offset)};
}

void DevicePair::overwrite(std::uint32_t index, const Command& command) {
  const PhysAddr at = kCommands + 16 * (index % (1u << kRingBits));
  poke(at, command.low);
  poke(at + 8, command.high);
}

void DevicePair::send(const std::vector<Command>& commands) {
  for (const Command& each : commands) {
    overwrite(prod_, each);
    prod_ = (prod_ + 1) & ((2u << kRingBits) - 1);
  }
  both(reg::kCmdqProd, prod_);
}

void DevicePair::acknowledge() {
  const auto [ours, theirs] = registers(reg::kGerror);
  ours_.write32(reg::kGerrorn, ours);
  qemu_.write32(QemuProcess::kSmmu + reg::kGerrorn, theirs);
}

void DevicePair::restart_commands() {
  const std::uint32_t enabled = cr0::kSmmuEnable | cr0::kEventQueueEnable;
  both(reg::kCr0, enabled);
  acknowledge();
  prod_ = 0;
  both(reg::kCmdqProd, 0);
  both(reg::kCmdqCons, 0);
  both(reg::kCr0, enabled | cr0::kCommandQueueEnable);
}

std::pair<Outcome, Outcome> DevicePair::access(std::uint64_t iova, bool write) {
  const auto result = ours_.translate({.stream = QemuProcess::kStream, .address = iova, .access = {.write = write}});
  const bool in_ram = result && result->address >= kData && result->address + 3 <= QemuProcess::kRamLast;
  if (write && in_ram) qemu_.write32(result->address & ~3ull, 0);
  qemu_.dma(iova, write);
  auto outcomes = drain();
  // A silent abort is a failure as well; QEMU's is seen by what did not arrive.
  if (!result && outcomes.first.code == 0) outcomes.first.code = Outcome::kSilent;
  if (write && in_ram && outcomes.second.code == 0 && qemu_.read32(result->address & ~3ull) != kMarker)
    outcomes.second.code = Outcome::kSilent;
  // Of what was read, and of a write that we abort in silence, nothing is seen.
  if ((!write || !result) && outcomes.first.code == Outcome::kSilent && outcomes.second.code == 0)
    outcomes.second.code = Outcome::kSilent;
  return outcomes;
}

Outcome DevicePair::outcome_of(const Event& event) {
  Outcome outcome;
  outcome.code = static_cast<unsigned>(event.code);
  outcome.stream = event.stream;
  if (!tells_address(event.code)) return outcome;
  outcome.stage2 = event.stage2;
  outcome.read = !event.access.write;
  outcome.at = static_cast<unsigned>(event.at);
  outcome.input = event.input & ~3ull;
  if (event.stage2) outcome.ipa = event.fetch & ~0xfffull;
  return outcome;
}

template <typename Read32, typename Read64, typename Write32>
std::optional<Event> DevicePair::first_event(Read32 read32, Read64 read64, Write32 write32) {
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

std::pair<Outcome, Outcome> DevicePair::drain() {
  const auto mine = first_event([&](auto o) { return ours_.read32(o); }, [&](auto a) { return *memory_.read64(a); },
                                [&](auto o, auto v) { ours_.write32(o, v); });
  const auto theirs =
      first_event([&](auto o) { return qemu_.read32(QemuProcess::kSmmu + o); }, [&](auto a) { return qemu_.read64(a); },
                  [&](auto o, auto v) { qemu_.write32(QemuProcess::kSmmu + o, v); });
  return {mine ? outcome_of(*mine) : Outcome{}, theirs ? outcome_of(*theirs) : Outcome{}};
}

}  // namespace smmu_qemu
