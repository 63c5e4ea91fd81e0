// SPDX-License-Identifier: Apache-2.0
// Commands: their 16-byte encoding, and which of them are illegal (Arm IHI 0070, 4.1 to 4.7, 7.1).
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/fault.hpp"
#include "hw_reference/smmu/features.hpp"

namespace hw::smmu {

enum class Opcode : std::uint8_t {
  prefetch_config = 0x01,
  prefetch_address = 0x02,
  cfgi_ste = 0x03,
  cfgi_ste_range = 0x04,
  cfgi_cd = 0x05,
  cfgi_cd_all = 0x06,
  tlbi_nh_all = 0x10,
  tlbi_nh_asid = 0x11,
  tlbi_nh_va = 0x12,
  tlbi_nh_vaa = 0x13,
  tlbi_s12_vmall = 0x28,
  tlbi_s2_ipa = 0x2a,
  tlbi_nsnh_all = 0x30,
  atc_inv = 0x40,
  pri_resp = 0x41,
  resume = 0x44,
  stall_term = 0x45,
  sync = 0x46,
};

// CMDQ_CONS.ERR. `access` is of CMDQV queues only.
enum class CommandError : std::uint8_t { none = 0, illegal = 1, abort = 2, atc_inv_sync = 3, access = 4 };

struct Command {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Command&) const = default;

  Opcode opcode() const { return static_cast<Opcode>(field(low, 7, 0)); }
  StreamId stream() const { return static_cast<StreamId>(field(low, 63, 32)); }
  bool has_substream() const { return bit(low, 11); }
  SubstreamId substream() const { return static_cast<SubstreamId>(field(low, 31, 12)); }
  std::uint16_t vmid() const { return static_cast<std::uint16_t>(field(low, 47, 32)); }
  std::uint16_t asid() const { return static_cast<std::uint16_t>(field(low, 63, 48)); }
  bool leaf() const { return bit(high, 0); }
  unsigned range() const { return static_cast<unsigned>(field(high, 4, 0)); }  // CFGI_STE_RANGE
  unsigned num() const { return static_cast<unsigned>(field(low, 16, 12)); }
  unsigned scale() const { return static_cast<unsigned>(field(low, 24, 20)); }
  unsigned ttl() const { return static_cast<unsigned>(field(high, 9, 8)); }
  unsigned tg() const { return static_cast<unsigned>(field(high, 11, 10)); }
  std::uint64_t address() const { return address_field(high, 63, 12); }
  unsigned atc_size() const { return static_cast<unsigned>(field(high, 5, 0)); }  // log2 of 4 KiB units
  bool atc_global() const { return bit(low, 9); }
  unsigned resume_action() const { return static_cast<unsigned>(field(low, 13, 12)); }
  unsigned page_answer() const { return static_cast<unsigned>(field(high, 13, 12)); }
  std::uint16_t tag() const { return static_cast<std::uint16_t>(field(high, 15, 0)); }
  std::uint16_t group() const { return static_cast<std::uint16_t>(field(high, 8, 0)); }
  unsigned completion_signal() const { return static_cast<unsigned>(field(low, 13, 12)); }
  std::uint32_t msi_data() const { return static_cast<std::uint32_t>(field(low, 63, 32)); }
  PhysAddr msi_address() const { return address_field(high, 51, 2); }
};

// How CMD_SYNC tells that it is done (its CS field).
inline constexpr unsigned kSignalNone = 0, kSignalInterrupt = 1, kSignalEvent = 2;

// What CMD_RESUME does with a transaction: bit 0 tries it again, otherwise bit 1 says that the client sees an abort.
inline constexpr unsigned kResumeZeros = 0, kResumeRetry = 1, kResumeAbort = 2;

// What CMD_PRI_RESP tells an endpoint.
inline constexpr unsigned kPageFailure = 0, kPageInvalid = 1, kPageSuccess = 2;

// Encoders, for drivers and tests.
namespace command {
Command cfgi_ste(StreamId stream, bool leaf);
Command cfgi_ste_range(StreamId stream, unsigned range);
Command cfgi_all();
Command cfgi_cd(StreamId stream, SubstreamId substream, bool leaf);
Command cfgi_cd_all(StreamId stream);
Command tlbi_nh_all(std::uint16_t vmid);
Command tlbi_nh_asid(std::uint16_t vmid, std::uint16_t asid);
Command tlbi_nh_va(std::uint16_t vmid, std::uint16_t asid, std::uint64_t address, bool leaf);
Command tlbi_nh_vaa(std::uint16_t vmid, std::uint64_t address, bool leaf);
Command tlbi_s2_ipa(std::uint16_t vmid, std::uint64_t ipa, bool leaf);
Command tlbi_s12_vmall(std::uint16_t vmid);
Command tlbi_nsnh_all();
// Makes a range command of an address one: (num + 1) << scale granules; tg 1: 4K, 2: 16K, 3: 64K.
Command with_range(Command command, unsigned tg, unsigned ttl, unsigned num, unsigned scale);
Command atc_inv(StreamId stream, std::uint64_t address, unsigned size);
Command pri_resp(StreamId stream, std::optional<SubstreamId> substream, std::uint16_t group, unsigned answer);
Command resume(StreamId stream, std::uint16_t tag, unsigned answer);
Command stall_term(StreamId stream);
Command sync(unsigned signal = kSignalNone);
Command sync_with_msi(PhysAddr address, std::uint32_t data);
}  // namespace command

// `none`, or `illegal` where this SMMU must or may report CERROR_ILL. It may wherever a reserved range field is set.
CommandError check(const Command& command, const Features& features);

bool is_tlbi(Opcode opcode);
bool is_cfgi(Opcode opcode);

}  // namespace hw::smmu
