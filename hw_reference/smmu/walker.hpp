// SPDX-License-Identifier: Apache-2.0
// Walks the tables of both stages, with the walk and IPA caches (Arm IHI 0070, 3.3 and 7.3). The SMMU's lock protects
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hw_reference/smmu/bus.hpp"
#include "hw_reference/smmu/fault.hpp"
#include "hw_reference/smmu/features.hpp"
#include "hw_reference/smmu/policy.hpp"
#include "hw_reference/smmu/stage.hpp"
#include "hw_reference/smmu/tlb.hpp"

namespace hw::smmu {

// What both stages of one transaction have in common.
struct Regime {
  std::uint16_t vmid = 0;
  std::uint16_t asid = 0;
  const Stage2* second = nullptr;  // null: stage 2 is off
  bool speculative = false;        // nobody asked: neither dirty nor access flags may change
};

struct Stage2Address {
  PhysAddr address = 0;
  unsigned shift = 0;  // holds for the naturally aligned 2^shift bytes
  Rights permitted = 0;
  bool device_memory = false;
};

class Walker {
 public:
  Walker(Bus& bus, const Features& features, const Policy& policy, Chooser& chooser, Tlb& tlb)
      : bus_(bus), features_(features), policy_(policy), chooser_(chooser), tlb_(tlb) {}

  // The physical address behind an IPA; `needed` is one right. With stage 2 off, the IPA itself.
  Attempt<Stage2Address> through_stage2(const Regime& regime, std::uint64_t ipa, Rights needed, FaultClass at);

  // The stage-1 entry for `input` (top byte already normalised): from the TLB, or by a walk. Checks `needed`.
  Attempt<TlbEntry> through_stage1(const Regime& regime, const ContextEntry& context, const ContextHalf& half,
                                   std::uint64_t input, Rights needed);

  // A cached entry, if the adversary lets one be used. The fault is a TLB conflict.
  Attempt<std::optional<TlbEntry>> look_up(EntryKind kind, const Regime& regime, std::uint64_t input);

  // Keeps an entry, if the adversary likes to.
  void keep(EntryKind kind, const TlbEntry& entry);

 private:
  // One stage of a walk.
  struct Plan {
    const Geometry& geometry;
    bool stage2 = false;
    FaultClass at = FaultClass::input;
    bool hierarchical = false;
    bool ignore_access_flag = false;
    bool update_access_flag = false;
    bool update_dirty = false;
    bool record = true;
    bool read_as_zero = false;
    bool stall = false;
  };
  // Where a walk stands: about to read at `level` in `table`.
  struct Position {
    unsigned level = 0;
    std::uint64_t table = 0;  // an IPA if the regime has a stage 2 and this is stage 1
    std::optional<PhysAddr> table_pa;
    Rights left = rights::kAll;       // by the tables above
    std::optional<TlbEntry> pointer;  // the entry for `table`, kept once its physical address is known
  };

  Attempt<TlbEntry> walk(const Plan& plan, const Regime& regime, std::uint64_t input, Rights needed);
  Position start(const Plan& plan, const Regime& regime, std::uint64_t input);
  Attempt<PhysAddr> locate(const Plan& plan, const Regime& regime, std::uint64_t input, Position& position);
  Attempt<TlbEntry> finish(const Plan& plan, const Regime& regime, std::uint64_t input, Rights needed,
                           const Position& position, PhysAddr at, std::uint64_t descriptor);
  Fault fault(const Plan& plan, EventCode code, std::uint64_t input) const;
  static Rights leaf_rights(const Plan& plan, std::uint64_t descriptor, Rights left);

  Bus& bus_;
  const Features& features_;
  const Policy& policy_;
  Chooser& chooser_;
  Tlb& tlb_;
  std::vector<TlbEntry> matches_;  // scratch of look_up
};

}  // namespace hw::smmu
