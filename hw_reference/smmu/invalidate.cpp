// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/invalidate.hpp"

namespace hw::smmu {

namespace {

// Which address bits have to be zero for a range command's effect to be defined (4.4.1).
unsigned required_alignment(unsigned tg, unsigned ttl) {
  switch (tg) {
    case 1:
      return ttl == 1 ? 30 : ttl == 2 ? 21 : 12;
    case 2:
      return ttl == 2 ? 25 : 14;
    default:
      return ttl == 1 ? 42 : ttl == 2 ? 29 : 16;
  }
}

// False: the range is unpredictable, so the command may reach nothing.
bool set_range(const Command& c, Removal& removal) {
  removal.first = c.address();
  if (c.tg() == 0) {
    removal.last = removal.first + 0xfff;
    return true;
  }
  const unsigned granule_shift = 10 + 2 * c.tg();
  if ((removal.first & low_bits(required_alignment(c.tg(), c.ttl()))) != 0) return false;
  const std::uint64_t granules = (std::uint64_t{c.num()} + 1) << c.scale();
  const bool beyond = granules > (~removal.first >> granule_shift);
  removal.last = beyond ? ~0ull : removal.first + (granules << granule_shift) - 1;
  removal.granule_shift = granule_shift;
  if (c.ttl() != 0) removal.leaf_level = c.ttl();
  return true;
}

std::vector<EntryKind> stage1_kinds(bool leaf_only) {
  if (leaf_only) return {EntryKind::stage1, EntryKind::combined};
  return {EntryKind::stage1, EntryKind::combined, EntryKind::stage1_table};
}

void invalidate_tlb(const Command& c, const Features& features, Tlb& tlb) {
  Removal removal;
  // Without stage 2 there are no VMIDs: the operand is ignored.
  removal.vmid = features.stage2 ? c.vmid() : std::uint16_t{0};
  removal.asid = c.asid();
  switch (c.opcode()) {
    case Opcode::tlbi_nh_all:
      removal.kinds = stage1_kinds(false);
      break;
    case Opcode::tlbi_nh_asid:
      removal.kinds = stage1_kinds(false);
      removal.asids = Removal::Asids::only;
      break;
    case Opcode::tlbi_nh_va:
      removal.kinds = stage1_kinds(c.leaf());
      removal.asids = Removal::Asids::only_and_global;
      if (!set_range(c, removal)) return;
      break;
    case Opcode::tlbi_nh_vaa:
      removal.kinds = stage1_kinds(c.leaf());
      if (!set_range(c, removal)) return;
      break;
    case Opcode::tlbi_s2_ipa:
      removal.kinds = {EntryKind::stage2};
      if (!c.leaf()) removal.kinds.push_back(EntryKind::stage2_table);
      if (!set_range(c, removal)) return;
      break;
    case Opcode::tlbi_s12_vmall:
      removal.kinds = {EntryKind::stage1, EntryKind::combined, EntryKind::stage1_table, EntryKind::stage2,
                       EntryKind::stage2_table};
      break;
    default:  // TLBI_NSNH_ALL
      tlb.clear();
      return;
  }
  tlb.remove(removal);
}

void invalidate_configuration(const Command& c, const StreamTable& table, ConfigCache& cache) {
  switch (c.opcode()) {
    case Opcode::cfgi_ste:
      return cache.remove_streams(c.stream(), c.stream(), !c.leaf(), table.split);
    case Opcode::cfgi_ste_range: {
      if (c.range() == 31) return cache.clear();
      const StreamId below = static_cast<StreamId>(low_bits(c.range() + 1));
      return cache.remove_streams(c.stream() & ~below, c.stream() | below, true, table.split);
    }
    case Opcode::cfgi_cd:
      return cache.remove_context(c.stream(), c.substream(), !c.leaf());
    default:  // CFGI_CD_ALL
      return cache.remove_contexts(c.stream(), c.stream());
  }
}

}  // namespace

void invalidate(const Command& command, const Features& features, const StreamTable& table, Translator& translator) {
  if (is_tlbi(command.opcode())) {
    invalidate_tlb(command, features, translator.tlb());
  } else {
    invalidate_configuration(command, table, translator.configuration());
  }
}

}  // namespace hw::smmu
