// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/walker.hpp"

#include <algorithm>

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

namespace {

// Stage 2 knows no privilege, so either bit of a pair stands for the access.
constexpr Rights kTableRead = rights::kPrivilegedRead;
constexpr Rights kTableWrite = rights::kPrivilegedWrite;

// Entries that differ in rights only are no conflict: the access flag and dirty state change them in place.
bool agree(const TlbEntry& a, const TlbEntry& b, std::uint64_t input) {
  return a.output + (input - a.input) == b.output + (input - b.input);
}

Rights stage2_rights(std::uint64_t d) {
  Rights permitted = 0;
  if (bit(d, descriptor::kStage2Read)) {
    permitted |= rights::kUserRead | rights::kPrivilegedRead;
    if (!bit(d, descriptor::kNoExecute)) permitted |= rights::kUserExecute | rights::kPrivilegedExecute;
  }
  if (bit(d, descriptor::kStage2Write)) permitted |= rights::kWrites;
  return permitted;
}

Rights stage1_rights(std::uint64_t d) {
  Rights permitted = rights::kPrivilegedRead;
  if (!bit(d, descriptor::kReadOnly)) permitted |= rights::kPrivilegedWrite;
  if (!bit(d, descriptor::kPrivilegedNoExecute)) permitted |= rights::kPrivilegedExecute;
  if (bit(d, descriptor::kUser)) {
    permitted |= rights::kUserRead;
    if (!bit(d, descriptor::kReadOnly)) permitted |= rights::kUserWrite;
    if (!bit(d, descriptor::kNoExecute)) permitted |= rights::kUserExecute;
  }
  return permitted;
}

// What a stage-1 table descriptor leaves to everything below it.
Rights table_rights(std::uint64_t d) {
  Rights left = rights::kAll;
  if (bit(d, descriptor::kTableReadOnly)) left &= static_cast<Rights>(~rights::kWrites);
  if (bit(d, descriptor::kTableNoUser)) {
    left &= static_cast<Rights>(~(rights::kUserRead | rights::kUserWrite | rights::kUserExecute));
  }
  if (bit(d, descriptor::kTableNoExecute)) left &= static_cast<Rights>(~rights::kUserExecute);
  if (bit(d, descriptor::kTablePrivilegedNoExecute)) left &= static_cast<Rights>(~rights::kPrivilegedExecute);
  return left;
}

std::uint64_t make_dirty(bool stage2, std::uint64_t d) {
  const std::uint64_t writable = 1ull << (stage2 ? descriptor::kStage2Write : descriptor::kReadOnly);
  return stage2 ? d | writable : d & ~writable;
}

}  // namespace

Attempt<std::optional<TlbEntry>> Walker::look_up(EntryKind kind, const Regime& regime, std::uint64_t input) {
  if (!chooser_.chance(policy_.use)) return std::optional<TlbEntry>();
  matches_.clear();
  tlb_.find(kind, regime.vmid, regime.asid, input, matches_);
  if (matches_.empty()) return std::optional<TlbEntry>();
  if (matches_.size() == 1) return std::optional<TlbEntry>(matches_.front());
  const bool conflicting = std::any_of(matches_.begin(), matches_.end(),
                                       [&](const TlbEntry& other) { return !agree(other, matches_.front(), input); });
  if (conflicting && features_.bbm_level < 2 && chooser_.chance(policy_.conflict)) {
    return Fault{.code = EventCode::tlb_conflict, .stage2 = kind == EntryKind::stage2};
  }
  return std::optional<TlbEntry>(matches_[chooser_.below(matches_.size())]);
}

void Walker::keep(EntryKind kind, const TlbEntry& entry) {
  if (!chooser_.chance(policy_.fill)) return;
  tlb_.fill(kind, entry);
  if (policy_.capacity != 0 && tlb_.size() > policy_.capacity) tlb_.evict(chooser_);
}

Fault Walker::fault(const Plan& plan, EventCode code, std::uint64_t input) const {
  Fault f{.code = code, .stage2 = plan.stage2, .at = plan.at};
  if (plan.stage2) f.ipa = input;
  if (code != EventCode::walk_abort) {
    f.stall = plan.stall && may_stall(code);
    f.recorded = plan.record || f.stall;
    f.read_as_zero = plan.read_as_zero;
  }
  return f;
}

Rights Walker::leaf_rights(const Plan& plan, std::uint64_t d, Rights left) {
  return plan.stage2 ? stage2_rights(d) : static_cast<Rights>(stage1_rights(d) & left);
}

Walker::Position Walker::start(const Plan& plan, const Regime& regime, std::uint64_t input) {
  const Geometry& geometry = plan.geometry;
  const EntryKind kind = plan.stage2 ? EntryKind::stage2_table : EntryKind::stage1_table;
  for (unsigned level = kLastLevel; level-- > geometry.start_level;) {
    if (!chooser_.chance(policy_.use)) continue;
    const auto entry = tlb_.find_table(kind, regime.vmid, regime.asid, input, geometry.level_shift(level));
    if (!entry || entry->granule_shift != geometry.granule_shift) continue;
    return {
        .level = level + 1, .table = entry->output, .table_pa = entry->table_pa, .left = entry->rights1, .pointer = {}};
  }
  return {.level = geometry.start_level, .table = geometry.root, .table_pa = {}, .left = rights::kAll, .pointer = {}};
}

// The physical address of the descriptor for `input` in the current table.
Attempt<PhysAddr> Walker::locate(const Plan& plan, const Regime& regime, std::uint64_t input, Position& position) {
  const std::uint64_t offset = 8ull * plan.geometry.index(position.level, input);
  std::optional<TlbEntry> pointer = std::exchange(position.pointer, std::nullopt);
  const auto keep_pointer = [&] {
    if (pointer) keep(plan.stage2 ? EntryKind::stage2_table : EntryKind::stage1_table, *pointer);
  };
  if (plan.stage2 || !regime.second) {
    keep_pointer();
    return position.table + offset;
  }
  if (position.table_pa) return *position.table_pa + offset;

  const auto reached = through_stage2(regime, position.table + offset, kTableRead, FaultClass::table);
  if (!reached) {
    keep_pointer();
    return reached.fault();
  }
  if (pointer && reached->shift >= plan.geometry.granule_shift && chooser_.chance(policy_.combine)) {
    pointer->table_pa = reached->address - offset;
  }
  keep_pointer();
  return reached->address;
}

Attempt<TlbEntry> Walker::walk(const Plan& plan, const Regime& regime, std::uint64_t input, Rights needed) {
  const Geometry& geometry = plan.geometry;
  Position position = start(plan, regime, input);
  for (;; ++position.level) {
    const auto at = locate(plan, regime, input, position);
    if (!at) return at.fault();
    const auto read = bus_.read64(*at);
    if (!read) {
      Fault f = fault(plan, EventCode::walk_abort, input);
      if (!plan.stage2) f.at = FaultClass::table;
      f.fetch = *at;
      return f;
    }
    switch (classify(geometry, position.level, *read)) {
      case DescriptorKind::invalid:
        return fault(plan, EventCode::translation, input);
      case DescriptorKind::leaf:
        return finish(plan, regime, input, needed, position, *at, *read);
      case DescriptorKind::table:
        break;
    }
    const std::uint64_t next = descriptor_address(geometry, *read, geometry.granule_shift);
    if (next > low_bits(geometry.output_bits)) return fault(plan, EventCode::address_size, input);
    if (plan.hierarchical) position.left &= table_rights(*read);
    const unsigned shift = geometry.level_shift(position.level);
    position.pointer = TlbEntry{.vmid = regime.vmid,
                                .asid = plan.stage2 ? std::uint16_t{0} : regime.asid,
                                .input = align_down(input, 1ull << shift),
                                .shift = shift,
                                .output = next,
                                .level = position.level,
                                .granule_shift = geometry.granule_shift,
                                .rights1 = position.left};
    position.table = next;
    position.table_pa.reset();
  }
}

// A leaf: its address, access flag and dirty state; fills the TLB. Permissions are checked by the caller.
Attempt<TlbEntry> Walker::finish(const Plan& plan, const Regime& regime, std::uint64_t input, Rights needed,
                                 const Position& position, PhysAddr at, std::uint64_t descriptor) {
  const Geometry& geometry = plan.geometry;
  const unsigned shift = geometry.level_shift(position.level);
  for (;;) {
    const std::uint64_t output = descriptor_address(geometry, descriptor, shift);
    if (output > low_bits(geometry.output_bits)) return fault(plan, EventCode::address_size, input);

    std::uint64_t updated = descriptor;
    if (!bit(descriptor, descriptor::kAccessFlag) && !plan.ignore_access_flag) {
      if (!plan.update_access_flag || regime.speculative) return fault(plan, EventCode::access_flag, input);
      updated |= 1ull << descriptor::kAccessFlag;
    }
    if (plan.update_dirty && !regime.speculative && bit(descriptor, descriptor::kDirtyManaged) &&
        (needed & rights::kWrites) && !(leaf_rights(plan, updated, position.left) & needed)) {
      const std::uint64_t dirty = make_dirty(plan.stage2, updated);
      if (leaf_rights(plan, dirty, position.left) & needed) updated = dirty;
    }
    if (updated != descriptor) {
      if (!plan.stage2 && regime.second) {
        const std::uint64_t ipa = position.table + 8ull * geometry.index(position.level, input);
        const auto writable = through_stage2(regime, ipa, kTableWrite, FaultClass::table);
        if (!writable) return writable.fault();
      }
      const auto seen = bus_.compare_exchange64(at, descriptor, updated);
      if (!seen) {
        Fault f = fault(plan, EventCode::walk_abort, input);
        if (!plan.stage2) f.at = FaultClass::table;
        f.fetch = at;
        return f;
      }
      if (*seen != descriptor) {
        descriptor = *seen;
        const DescriptorKind kind = classify(geometry, position.level, descriptor);
        // Software replaced the leaf in the meantime: what is there now decides, as if read a moment later.
        if (kind != DescriptorKind::leaf) {
          return kind == DescriptorKind::invalid ? Attempt<TlbEntry>(fault(plan, EventCode::translation, input))
                                                 : walk(plan, regime, input, needed);
        }
        continue;
      }
      descriptor = updated;
    }

    TlbEntry entry{.vmid = regime.vmid,
                   .asid = plan.stage2 ? std::uint16_t{0} : regime.asid,
                   .global = !plan.stage2 && !bit(descriptor, descriptor::kNotGlobal),
                   .input = align_down(input, 1ull << shift),
                   .shift = shift,
                   .output = output,
                   .level = position.level,
                   .granule_shift = geometry.granule_shift};
    const Rights permitted = leaf_rights(plan, descriptor, position.left);
    (plan.stage2 ? entry.rights2 : entry.rights1) = permitted;
    entry.device_memory = plan.stage2 && field(descriptor, 5, 4) == 0;
    const bool changing = position.level != kLastLevel && bit(descriptor, descriptor::kNoTranslation);
    if (!changing) {
      TlbEntry kept = entry;
      const unsigned wide = shift + contiguous_shift(geometry, position.level);
      if (bit(descriptor, descriptor::kContiguous) && wide <= geometry.input_bits && chooser_.chance(policy_.widen)) {
        kept.shift = wide;
        kept.input = align_down(kept.input, 1ull << wide);
        kept.output = align_down(kept.output, 1ull << wide);
      }
      keep(plan.stage2 ? EntryKind::stage2 : EntryKind::stage1, kept);
    }
    return entry;
  }
}

Attempt<Stage2Address> Walker::through_stage2(const Regime& regime, std::uint64_t ipa, Rights needed, FaultClass at) {
  if (!regime.second) return Stage2Address{ipa, 63, rights::kAll, false};
  const Stage2& stage = *regime.second;
  const Plan plan{.geometry = stage.geometry,
                  .stage2 = true,
                  .at = at,
                  .ignore_access_flag = stage.ignore_access_flag,
                  .update_access_flag = stage.update_access_flag,
                  .update_dirty = stage.update_dirty,
                  .record = stage.record,
                  .stall = stage.stall};
  if (ipa > low_bits(stage.geometry.input_bits)) return fault(plan, EventCode::translation, ipa);

  auto cached = look_up(EntryKind::stage2, regime, ipa);
  if (!cached) {
    Fault f = cached.fault();
    f.at = at;
    f.ipa = ipa;
    return f;
  }
  std::optional<TlbEntry> entry = *cached;
  // A clean entry tells nothing of the dirty state: a write has to look at the descriptor.
  if (entry && !(entry->rights2 & needed) && stage.update_dirty && (needed & rights::kWrites)) entry.reset();
  if (!entry) {
    const auto walked = walk(plan, regime, ipa, needed);
    if (!walked) return walked.fault();
    entry = *walked;
  }
  if (!(entry->rights2 & needed)) return fault(plan, EventCode::permission, ipa);
  if (at == FaultClass::table && stage.protect_walks && entry->device_memory) {
    return fault(plan, EventCode::permission, ipa);
  }
  return Stage2Address{entry->output + (ipa - entry->input), entry->shift, entry->rights2, entry->device_memory};
}

Attempt<TlbEntry> Walker::through_stage1(const Regime& regime, const ContextEntry& context, const ContextHalf& half,
                                         std::uint64_t input, Rights needed) {
  const Plan plan{.geometry = half.geometry,
                  .hierarchical = half.hierarchical,
                  .ignore_access_flag = context.ignore_access_flag,
                  .update_access_flag = context.update_access_flag,
                  .update_dirty = context.update_dirty,
                  .record = context.record,
                  .read_as_zero = !context.abort,
                  .stall = context.stall};
  const auto cached = look_up(EntryKind::stage1, regime, input);
  if (!cached) return cached.fault();
  std::optional<TlbEntry> entry = *cached;
  if (entry && !(entry->rights1 & needed) && context.update_dirty && (needed & rights::kWrites)) entry.reset();
  if (!entry) {
    const auto walked = walk(plan, regime, input, needed);
    if (!walked) return walked.fault();
    entry = *walked;
  }
  if (!(entry->rights1 & needed)) return fault(plan, EventCode::permission, input);
  return *entry;
}

}  // namespace hw::smmu
