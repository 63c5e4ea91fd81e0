// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/test/machine.hpp"

#include <stdexcept>

#include "hw_reference/smmu/registers.hpp"

namespace hw::smmu::testing {

namespace {

constexpr unsigned kPolls = 2000;
constexpr std::uint32_t kIndexMask = (2u << Machine::kCommandBits) - 1;

std::uint64_t size_code(unsigned bits) {
  constexpr unsigned kBits[] = {32, 36, 40, 42, 44, 48, 52};
  for (unsigned code = 0; code < 7; ++code) {
    if (kBits[code] == bits) return code;
  }
  throw std::logic_error("no such address size");
}

std::uint64_t granule_code(unsigned shift) { return shift == 12 ? 0 : shift == 16 ? 1 : 2; }

}  // namespace

Machine::Machine(const Features& features, const Policy& policy, bool two_level_streams)
    : smmu(memory, features, policy), two_level(two_level_streams) {
  command_ring = frames.allocate(16ull << kCommandBits);
  event_ring = frames.allocate(32ull << kEventBits);
  stream_table = frames.allocate(two_level ? 8ull << (kStreamBits - kSplit) : 64ull << kStreamBits);
  write_and_wait(reg::kCr0, reg::kCr0Ack, 0);
  smmu.write64(reg::kStrtabBase, stream_table);
  smmu.write32(reg::kStrtabBaseCfg, kStreamBits | kSplit << 6 | (two_level ? 1u << 16 : 0));
  smmu.write64(reg::kCmdqBase, command_ring | kCommandBits);
  smmu.write32(reg::kCmdqProd, 0);
  smmu.write32(reg::kCmdqCons, 0);
  smmu.write32(reg::kCr2, cr2::kRecordInvalidStream);
  enable(cr0::kCommandQueueEnable);
  if (!run({command::cfgi_all(), command::tlbi_nsnh_all()})) throw std::logic_error("bring-up failed");
  smmu.write64(reg::kEvtqBase, event_ring | kEventBits);
  smmu.write32(reg::kEvtqProd, 0);
  smmu.write32(reg::kEvtqCons, 0);
  enable(cr0::kEventQueueEnable);
  write_and_wait(reg::kIrqCtrl, reg::kIrqCtrlAck, irq_ctrl::kGerror | irq_ctrl::kEventQueue);
  enable(cr0::kSmmuEnable);
}

void Machine::write_and_wait(std::uint32_t control, std::uint32_t acknowledge, std::uint32_t value) {
  smmu.write32(control, value);
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if (smmu.read32(acknowledge) == value) return;
  }
  throw std::logic_error("no acknowledgement");
}

void Machine::enable(std::uint32_t bits) { write_and_wait(reg::kCr0, reg::kCr0Ack, smmu.read32(reg::kCr0) | bits); }
void Machine::disable(std::uint32_t bits) { write_and_wait(reg::kCr0, reg::kCr0Ack, smmu.read32(reg::kCr0) & ~bits); }

void Machine::send(const Command& command) {
  if (drop && drop(command)) return;
  for (unsigned poll = 0; ((prod - smmu.read32(reg::kCmdqCons)) & kIndexMask) == 1u << kCommandBits; ++poll) {
    if (poll == kPolls) throw std::logic_error("the command queue is stuck");
  }
  const PhysAddr at = command_ring + 16ull * (prod % (1u << kCommandBits));
  memory.write64(at, command.low);
  memory.write64(at + 8, command.high);
  prod = (prod + 1) & kIndexMask;
  smmu.write32(reg::kCmdqProd, prod);
}

bool Machine::sync() {
  send(command::sync());
  for (unsigned poll = 0; poll < kPolls; ++poll) {
    if ((smmu.read32(reg::kCmdqCons) & kIndexMask) == prod) return true;
    if (gerror_active() & gerror::kCommandQueue) return false;
  }
  return false;
}

bool Machine::run(const std::vector<Command>& commands) {
  for (const Command& c : commands) send(c);
  return sync();
}

std::uint32_t Machine::gerror_active() { return smmu.read32(reg::kGerror) ^ smmu.read32(reg::kGerrorn); }
void Machine::acknowledge_errors() { smmu.write32(reg::kGerrorn, smmu.read32(reg::kGerror)); }

void Machine::replace_failed(const Command& command) {
  const PhysAddr at = command_ring + 16ull * (smmu.read32(reg::kCmdqCons) % (1u << kCommandBits));
  memory.write64(at, command.low);
  memory.write64(at + 8, command.high);
}

std::vector<Event> Machine::events() {
  std::vector<Event> result;
  smmu.settle();
  const std::uint32_t event_prod = smmu.read32(reg::kEvtqProd);
  while (event_cons != (event_prod & ((2u << kEventBits) - 1))) {
    std::array<std::uint64_t, 4> words{};
    for (unsigned i = 0; i < 4; ++i) {
      words[i] = *memory.read64(event_ring + 32ull * (event_cons % (1u << kEventBits)) + 8 * i);
    }
    result.push_back(Event::decode(words));
    event_cons = (event_cons + 1) & ((2u << kEventBits) - 1);
  }
  smmu.write32(reg::kEvtqCons, event_cons | (event_prod & (1u << 31)));
  return result;
}

PhysAddr Machine::stream_slot(StreamId stream) {
  if (!two_level) return stream_table + 64ull * stream;
  const PhysAddr top = stream_table + 8ull * (stream >> kSplit);
  std::uint64_t pointer = *memory.read64(top);
  if (pointer == 0) {
    pointer = frames.allocate(64ull << kSplit) | (kSplit + 1);
    memory.write64(top, pointer);
  }
  return (pointer & ~0x3full) + 64ull * (stream % (1u << kSplit));
}

void Machine::write_words(PhysAddr at, const Words& words) {
  for (unsigned i = kStructureWords; i-- > 0;) memory.write64(at + 8 * i, words[i]);
}

void Machine::write_stream(StreamId stream, const Words& words) { write_words(stream_slot(stream), words); }

Words Machine::abort_stream() { return {1}; }
Words Machine::bypass_stream() { return {1 | 4ull << 1}; }

Words Machine::stage1_stream(std::uint64_t context_pointer, unsigned context_bits, unsigned format,
                             unsigned default_substream, std::uint16_t vmid) {
  return {1 | 5ull << 1 | std::uint64_t{format} << 4 | context_pointer | std::uint64_t{context_bits} << 59,
          default_substream, vmid};
}

Words Machine::stage2_stream(const TableBuilder& tables, const Stage2Setup& setup, std::uint16_t vmid) {
  const std::uint64_t sl0 = setup.granule_shift == 12 ? 2 - setup.start_level : 3 - setup.start_level;
  const std::uint64_t word2 = vmid | std::uint64_t{64 - setup.input_bits} << 32 | sl0 << 38 |
                              granule_code(setup.granule_shift) << 46 | size_code(setup.output_bits) << 48 |
                              1ull << 51 | 1ull << 58;
  return {1 | 6ull << 1, 0, word2 | setup.more_word2, tables.root()};
}

Words Machine::nested_stream(const Words& stage1, const Words& stage2) {
  Words words = stage2;
  words[0] = stage1[0] | 7ull << 1;
  words[1] = stage1[1];
  return words;
}

Words Machine::context(const TableBuilder& tables, const Stage1Setup& setup) {
  const std::uint64_t word0 = (64 - setup.input_bits) | granule_code(setup.granule_shift) << 6 | 1ull << 30 |
                              1ull << 31 | size_code(setup.output_bits) << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 |
                              std::uint64_t{setup.asid} << 48;
  return {word0 | setup.more_word0, tables.root()};
}

TableBuilder Machine::stage1_tables(const Stage1Setup& setup, std::uint64_t pointer_offset) {
  return TableBuilder(memory, frames, setup.granule_shift, setup.input_bits,
                      stage1_start(setup.granule_shift, setup.input_bits), pointer_offset);
}

TableBuilder Machine::stage2_tables(const Stage2Setup& setup) {
  return TableBuilder(memory, frames, setup.granule_shift, setup.input_bits, setup.start_level);
}

TableBuilder Machine::make_stage1(const Stage1Setup& setup, StreamId stream) {
  TableBuilder tables = stage1_tables(setup);
  const PhysAddr contexts = frames.allocate(64);
  write_words(contexts, context(tables, setup));
  write_stream(stream, stage1_stream(contexts));
  if (!run({command::cfgi_ste(stream, false)})) throw std::logic_error("CFGI_STE failed");
  return tables;
}

TableBuilder Machine::make_stage2(const Stage2Setup& setup, StreamId stream, std::uint16_t vmid) {
  TableBuilder tables = stage2_tables(setup);
  write_stream(stream, stage2_stream(tables, setup, vmid));
  if (!run({command::cfgi_ste(stream, false)})) throw std::logic_error("CFGI_STE failed");
  return tables;
}

Attempt<Translation> Machine::translate(std::uint64_t address, bool write, StreamId stream) {
  return smmu.translate({.stream = stream, .address = address, .access = {.write = write}});
}

PhysAddr Machine::make_frame(std::uint64_t value, std::uint64_t bytes) {
  const PhysAddr frame = frames.allocate(bytes);
  memory.write64(frame, value);
  return frame;
}

}  // namespace hw::smmu::testing
