// SPDX-License-Identifier: Apache-2.0
// Where QEMU (7.2 to 10.0) is known to differ from the architecture (Arm IHI 0070). Seen by this program, with the
// cause looked up in qemu hw/arm/smmuv3.c and smmu-common.c.
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/command.hpp"
#include "tools/smmu_qemu/sighting.hpp"

namespace smmu_qemu {

namespace {

namespace smmu = hw::smmu;
using hw::bit;
using hw::field;

constexpr unsigned kBadSte = 0x04, kWalkAbort = 0x0b, kTranslation = 0x10, kAddressSize = 0x11, kAccessFlag = 0x12,
                   kPermission = 0x13;
constexpr unsigned kCd = 0, kTable = 1, kInput = 2;
constexpr unsigned kOas = 44;  // IDR5 of every version

bool walk_fault(const Outcome& o) { return o.code >= kTranslation && o.code <= kPermission; }

// Before 8.1 every fault of a walk had CLASS 0, which says "CD".
Outcome with_class(const Outcome& theirs) {
  Outcome fixed = theirs;
  if (walk_fault(theirs) && !theirs.stage2 && theirs.at == kCd) fixed.at = kInput;
  return fixed;
}
bool is(const Outcome& o, std::initializer_list<unsigned> codes) {
  return std::find(codes.begin(), codes.end(), o.code) != codes.end();
}
bool same_place(const Outcome& a, const Outcome& b) {
  return a.code == b.code && a.input == b.input && a.stream == b.stream;
}

// Stage 2, as the entry says it.
struct Second {
  explicit Second(const Sighting& s)
      : size(static_cast<unsigned>(field(s.stream_entry[2], 37, 32))),
        granule(field(s.stream_entry[2], 47, 46) == 0   ? 12
                : field(s.stream_entry[2], 47, 46) == 1 ? 16
                                                        : 14),
        start(granule == 12 ? 2 - static_cast<int>(field(s.stream_entry[2], 39, 38))
                            : 3 - static_cast<int>(field(s.stream_entry[2], 39, 38))) {
    constexpr unsigned kSizes[] = {32, 36, 40, 42, 44, 48, 52, 48};
    output_bits = std::min(kSizes[field(s.stream_entry[2], 50, 48)], kOas);
  }
  // Bits that one entry of the first level stands for.
  unsigned below() const { return granule + static_cast<unsigned>(3 - start) * (granule - 3); }
  unsigned size, granule;
  int start;
  unsigned output_bits = 0;
};
bool second_only(const Sighting& s) { return field(s.stream_entry[0], 3, 1) == 6; }
bool both_on(const Sighting& s) { return field(s.stream_entry[0], 3, 1) == 7; }
bool second_on(const Sighting& s) { return bit(s.stream_entry[0], 2 + 1) && bit(s.stream_entry[0], 2); }
smmu::Command command_of(const Sighting& s) { return {s.context[0], s.context[1]}; }

constexpr Difference kDifferences[] = {
    // ---- records ----
    {"class of stage-1 faults", "before 8.1 the record of a stage-1 fault has CLASS 0 in place of 2",
     [](const Sighting& s) { return s.ours == with_class(s.theirs); }},
    {"RnW of its own fetches", "a stage-2 fault of a context or table is told as a read, whatever the access was",
     [](const Sighting& s) {
       Outcome theirs = s.theirs;
       theirs.read = s.ours.read;
       return s.theirs.read && s.ours.stage2 && s.ours.at != kInput && s.ours == theirs;
     }},
    {"stage of faults on inner tables",
     "stage 2 of a stage-1 table below the first is told as of stage 1, without IPA, and recorded where CD.R says so",
     [](const Sighting& s) {
       if (!both_on(s)) return false;
       const bool told = !s.theirs.stage2 && s.theirs.at == kTable && s.theirs.ipa == 0;
       const bool ours = s.ours.stage2 && s.ours.at == kTable;
       if (ours && told && same_place(s.ours, s.theirs)) return true;
       if (ours && is(s.theirs, {0, Outcome::kSilent})) return !bit(s.context[0], 45);
       return s.ours.code == Outcome::kSilent && walk_fault(s.theirs) && told && !bit(s.stream_entry[2], 58);
     }},
    {"first-level table translated with the context",
     "stage 2 of TTB0 comes when the context is read: before the rest of it is judged, and before the input",
     [](const Sighting& s) {
       return both_on(s) && s.ours.code != 0 && s.theirs.stage2 && s.theirs.at == kTable && s.theirs.read &&
              s.theirs.ipa == (s.context[1] & 0x000f'ffff'ffff'f000);
     }},
    {"input beyond OAS of a stream without stage 1",
     "the stage-1 F_ADDR_SIZE is recorded as CD.R says, which is not read",
     [](const Sighting& s) {
       return second_only(s) && s.ours.code == kAddressSize && !s.ours.stage2 && s.input >> kOas != 0 &&
              is(s.theirs, {0, Outcome::kSilent});
     }},
    {"bypassed addresses", "addresses of a bypassed stream are not compared with OAS",
     [](const Sighting& s) {
       return s.has(kBypass) && s.ours.code == kAddressSize && s.input >> kOas != 0 && s.theirs.code == 0;
     }},

    // ---- legality ----
    {"least S2T0SZ", "the least S2T0SZ is that of S2PS, not of IAS",
     [](const Sighting& s) {
       const Second second(s);
       return second_on(s) && s.theirs.code == kBadSte && second.size < 64 - second.output_bits &&
              s.ours.code != kBadSte;
     }},
    {"S2SL0 that leaves nothing for the first level", "only too many concatenated tables make S2SL0 illegal",
     [](const Sighting& s) {
       const Second second(s);
       return second_on(s) && s.ours.code == kBadSte && s.theirs.code != kBadSte && second.start >= 0 &&
              64 - second.size <= second.below();
     }},
    {"S1CDMax without stage 1", "S1CDMax is judged where only stage 2 is on",
     [](const Sighting& s) {
       return second_only(s) && s.theirs.code == kBadSte && field(s.stream_entry[0], 63, 59) != 0;
     }},
    {"S2HA and S2HD", "hardware update of stage 2 may be asked for although IDR0.HTTU is 0",
     [](const Sighting& s) {
       return second_on(s) && s.ours.code == kBadSte && s.theirs.code != kBadSte &&
              field(s.stream_entry[2], 56, 55) != 0;
     }},
    {"ENDI of disabled halves", "ENDI is judged only with a half that is not disabled",
     [](const Sighting& s) {
       return s.ours.code == 0x0a && s.theirs.code != 0x0a && bit(s.context[0], 15) && bit(s.context[0], 14) &&
              bit(s.context[0], 30);
     }},

    // ---- walks ----
    {"concatenated tables", "of tables side by side at the first level of stage 2 always the first is read",
     [](const Sighting& s) {
       const Second second(s);
       if (!second_only(s) || second.start <= 0 || s.input >> (second.below() + second.granule - 3) == 0) return false;
       return (s.theirs.stage2 && s.theirs.code == kTranslation) || s.theirs.code == Outcome::kSilent ||
              (s.ours.stage2 && s.ours.code == kTranslation);
     }},
    {"blocks at levels that have none", "a block descriptor is taken at every level but the last",
     [](const Sighting& s) {
       const bool untold = s.ours.code == Outcome::kSilent && !bit(s.context[0], 45);
       return s.has(kEarlyBlock) && (s.ours.code == kTranslation || untold) &&
              (s.theirs.code != kTranslation || s.theirs.stage2);
     }},
    {"addresses in descriptors of tables",
     "the address of a table is not compared with IPS or S2PS; what is read there aborts, which is always recorded",
     [](const Sighting& s) {
       if (!s.has(kWideOutput) || !is(s.ours, {kAddressSize, Outcome::kSilent})) return false;
       return s.theirs.code == kWalkAbort || (is(s.theirs, {kTranslation, kAddressSize}) && s.theirs.at == kTable);
     }},
    {"output addresses of leaves", "before 8.1 the output address is not compared with IPS",
     [](const Sighting& s) { return s.has(kWideOutput) && s.ours.code == kAddressSize && s.theirs.code == 0; }},
    {"order of faults of a leaf", "the access flag and permissions are looked at before the output address",
     [](const Sighting& s) {
       return s.has(kWideOutput) && s.ours.code == kAddressSize && is(s.theirs, {kAccessFlag, kPermission}) &&
              s.ours.stage2 == s.theirs.stage2;
     }},
    {"access flag of stage 1", "before 9.1 the access flag of stage 1 is not looked at",
     [](const Sighting& s) {
       return s.has(kNoAccessFlag) && s.ours.code == kAccessFlag && !s.ours.stage2 && is(s.theirs, {0, kPermission});
     }},
    {"APTable", "the rights that a table takes away are applied before the levels below are read",
     [](const Sighting& s) {
       const Outcome theirs = with_class(s.theirs);
       return s.has(kRestrictedTable) && theirs.code == kPermission && !theirs.stage2 && theirs.at == kInput &&
              !theirs.read && is(s.ours, {kWalkAbort, kTranslation, kAddressSize, kAccessFlag, kPermission});
     }},

    // ---- commands ----
    {"reserved fields of range commands", "reserved combinations of TG, TTL, NUM and SCALE are taken as a range",
     [](const Sighting& s) {
       const smmu::Command c = command_of(s);
       Outcome opcode;
       opcode.code = static_cast<unsigned>(c.opcode());
       const bool range = is(opcode, {0x12, 0x13, 0x2a});
       const bool reserved = c.tg() == 0 ? (c.num() | c.scale() | c.ttl()) != 0
                                         : (c.num() | c.scale() | c.ttl()) == 0 || (c.tg() == 2 && c.ttl() == 1);
       return s.has(kCommand) && range && reserved && s.ours.code != 0 && s.theirs.code == 0;
     }},
    {"reserved signal of CMD_SYNC", "CS = 3 is taken",
     [](const Sighting& s) {
       const smmu::Command c = command_of(s);
       return s.has(kCommand) && c.opcode() == smmu::Opcode::sync && c.completion_signal() == 3 && s.ours.code != 0 &&
              s.theirs.code == 0;
     }},
    {"commands of what is not there", "those for EL2 and EL3, ATS, page requests and stalls are taken and do nothing",
     [](const Sighting& s) {
       Outcome opcode;
       opcode.code = static_cast<unsigned>(command_of(s).opcode());
       return s.has(kCommand) && s.ours.code != 0 && s.theirs.code == 0 &&
              is(opcode, {0x18, 0x1a, 0x20, 0x21, 0x22, 0x23, 0x40, 0x41, 0x44, 0x45});
     }},
    {"secure prefetches", "a prefetch for the secure state is taken and does nothing",
     [](const Sighting& s) {
       const smmu::Opcode opcode = command_of(s).opcode();
       return s.has(kCommand) && bit(s.context[0], 10) && s.ours.code != 0 && s.theirs.code == 0 &&
              (opcode == smmu::Opcode::prefetch_config || opcode == smmu::Opcode::prefetch_address);
     }},
    {"commands of stage 2", "before 8.1 commands of stage 2 are taken, though there is none",
     [](const Sighting& s) {
       const smmu::Opcode opcode = command_of(s).opcode();
       return s.has(kCommand) && s.has(kNoStage2) &&
              (opcode == smmu::Opcode::tlbi_s12_vmall || opcode == smmu::Opcode::tlbi_s2_ipa) && s.ours.code != 0 &&
              s.theirs.code == 0;
     }},
};

}  // namespace

const Difference* find_difference(const Sighting& sighting) {
  for (const Difference& one : kDifferences)
    if (one.applies(sighting)) return &one;
  return nullptr;
}

void print_differences() {
  for (const Difference& one : kDifferences) fmt::print("{}\n    {}\n", one.name, one.reason);
  fmt::print("not tried\n    S2TG 3, S2AA64 0, IPS or S2PS above 5: QEMU 10 ends itself\n");
}

}  // namespace smmu_qemu
