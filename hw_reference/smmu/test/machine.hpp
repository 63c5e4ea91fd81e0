// SPDX-License-Identifier: Apache-2.0
// An SMMU with memory and the least of a driver: enough to bring it up, send commands, and read events.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"
#include "hw_reference/smmu/stage.hpp"
#include "hw_reference/smmu/test/table_builder.hpp"

namespace hw::smmu::testing {

inline constexpr StreamId kStream = 8;
inline constexpr std::uint16_t kAsid = 5, kVmid = 3;

struct Stage1Setup {
  unsigned granule_shift = 12;
  unsigned input_bits = 48;
  unsigned output_bits = 48;
  std::uint16_t asid = kAsid;
  std::uint64_t more_word0 = 0;  // or-ed into CD word 0
};

struct Stage2Setup {
  unsigned granule_shift = 12;
  unsigned input_bits = 48;
  unsigned start_level = 0;
  unsigned output_bits = 48;
  std::uint64_t more_word2 = 0;  // or-ed into STE word 2
};

class Machine {
 public:
  explicit Machine(const Features& features = {}, const Policy& policy = {}, bool two_level_streams = false);

  SparseMemory memory;
  FrameAllocator frames{0x4000'0000};
  Smmu smmu;

  // Registers: writes and polls until the other one follows.
  void write_and_wait(std::uint32_t control, std::uint32_t acknowledge, std::uint32_t value);
  void enable(std::uint32_t cr0_bits);
  void disable(std::uint32_t cr0_bits);

  // Puts a command into the ring, and moves PROD. Dropped if `drop` says so: a driver that forgets.
  void send(const Command& command);
  // CMD_SYNC, and polls until it is consumed. False: an error stopped the queue, or it never came.
  bool sync();
  bool run(const std::vector<Command>& commands);
  std::function<bool(const Command&)> drop;

  std::uint32_t gerror_active();
  void acknowledge_errors();
  // Overwrites the slot at CONS.
  void replace_failed(const Command& command);

  // Takes all records out of the event queue.
  std::vector<Event> events();

  // Structures. Written word by word, validity last; no invalidation.
  PhysAddr stream_slot(StreamId stream);
  void write_stream(StreamId stream, const Words& words);
  void write_words(PhysAddr at, const Words& words);

  static Words abort_stream();
  static Words bypass_stream();
  static Words stage1_stream(std::uint64_t context_pointer, unsigned context_bits = 0, unsigned format = 0,
                             unsigned default_substream = 0, std::uint16_t vmid = 0);
  static Words stage2_stream(const TableBuilder& tables, const Stage2Setup& setup, std::uint16_t vmid = kVmid);
  static Words nested_stream(const Words& stage1, const Words& stage2);
  static Words context(const TableBuilder& tables, const Stage1Setup& setup);

  TableBuilder stage1_tables(const Stage1Setup& setup, std::uint64_t pointer_offset = 0);
  TableBuilder stage2_tables(const Stage2Setup& setup);

  // One stream with stage 1 alone: tables, a CD and an STE that are in effect.
  TableBuilder make_stage1(const Stage1Setup& setup = {}, StreamId stream = kStream);
  TableBuilder make_stage2(const Stage2Setup& setup = {}, StreamId stream = kStream, std::uint16_t vmid = kVmid);

  Attempt<Translation> translate(std::uint64_t address, bool write = false, StreamId stream = kStream);
  // Maps one page of fresh memory that holds `value`; the physical address.
  PhysAddr make_frame(std::uint64_t value, std::uint64_t bytes = 4096);

  static constexpr unsigned kCommandBits = 6, kEventBits = 4, kStreamBits = 10, kSplit = 6;
  PhysAddr command_ring = 0, event_ring = 0, stream_table = 0;
  const bool two_level;
  std::uint32_t prod = 0, event_cons = 0;
};

}  // namespace hw::smmu::testing
