// SPDX-License-Identifier: Apache-2.0
// What one SMMU implements, and the identification registers that say so (Arm IHI 0070, SMMU_IDR0..5).
#pragma once

#include <cstdint>

namespace hw::smmu {

// What happens to a transaction that faults (IDR0.STALL_MODEL): an entry says whether it ends or waits, or there is no
// choice.
enum class StallModel : std::uint8_t { either = 0, terminate = 1, stall = 2 };

// Not modelled, whatever the parameters: the secure state, EL2 and EL3 regimes, split-stage ATS, big-endian tables,
// AArch32 tables, 52-bit addresses with 4K and 16K granules, records of stalls that stand for several transactions.
struct Features {
  bool stage1 = true;
  bool stage2 = true;
  bool two_level_streams = true;
  bool two_level_contexts = true;
  bool asid16 = true;
  bool vmid16 = true;
  bool ats = true;
  bool pri = false;
  bool msi = true;
  bool range_invalidation = true;
  bool hierarchical_attribute_disable = true;
  bool small_tables = true;      // IDR3.STT
  bool read_as_zero = true;      // IDR0.TERM_MODEL = 0: CD.A may be 0
  unsigned hardware_update = 2;  // IDR0.HTTU: 0 none, 1 access flag, 2 and the dirty state
  unsigned bbm_level = 2;        // IDR3.BBML: 0 a multiple hit may fault … 2 it never does
  unsigned stream_bits = 16;
  unsigned substream_bits = 10;
  unsigned command_queue_bits = 19;
  unsigned event_queue_bits = 19;
  unsigned page_queue_bits = 19;  // of page requests
  StallModel stall_model = StallModel::terminate;
  unsigned stall_max = 16;    // records of stalls without an answer, where there are any
  unsigned output_bits = 48;  // IDR5.OAS: 32, 36, 40, 42, 44, 48 or 52
  bool granule_4k = true;
  bool granule_16k = true;
  bool granule_64k = true;
  bool va52 = false;  // IDR5.VAX: 52-bit input with the 64K granule

  std::uint32_t idr0() const;
  std::uint32_t idr1() const;
  std::uint32_t idr3() const;
  std::uint32_t idr5() const;

  // `shift` is 12, 14 or 16.
  bool has_granule(unsigned shift) const;
};

// The address size, in bits, that the encodings 0..6 of OAS, IPS and S2PS name; 7 is reserved and reads as 0.
unsigned decode_address_size(unsigned encoding);
unsigned encode_address_size(unsigned bits);

}  // namespace hw::smmu
