// SPDX-License-Identifier: Apache-2.0
// From a transaction to a physical address or a fault (Arm IHI 0070, 3.3, 3.4): stream table, context descriptors, both
// stages, and all caches. The SMMU's lock protects it.
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/smmu/config_cache.hpp"
#include "hw_reference/smmu/walker.hpp"

namespace hw::smmu {

// What STRTAB_BASE and STRTAB_BASE_CFG say.
struct StreamTable {
  PhysAddr base = 0;
  unsigned bits = 0;  // log2 of the number of StreamIDs
  bool two_level = false;
  unsigned split = 6;  // StreamIDs below one level-1 descriptor, log2
};

struct Transaction {
  StreamId stream = 0;
  std::optional<SubstreamId> substream = {};
  std::uint64_t address = 0;
  Access access = {};
  bool operator==(const Transaction&) const = default;
};

struct Translation {
  PhysAddr address = 0;
  unsigned shift = 12;  // holds for the naturally aligned 2^shift bytes around the input
  Rights permitted = rights::kAll;
  bool operator==(const Translation&) const = default;
};

class Translator {
 public:
  Translator(Bus& bus, const Features& features, const Policy& policy, Chooser& chooser)
      : bus_(bus),
        features_(features),
        policy_(policy),
        chooser_(chooser),
        walker_(bus, features, policy, chooser, tlb_) {}

  // `speculative`: for the caches' sake only; changes no flags in descriptors.
  Attempt<Translation> translate(const StreamTable& table, const Transaction& transaction, bool speculative = false);

  Attempt<StreamEntry> stream_entry(const StreamTable& table, StreamId stream);

  // Begins to read an STE or a CD without need: some of its words, which later uses complete.
  void fetch_ahead(const StreamTable& table, const Transaction& transaction);

  Tlb& tlb() { return tlb_; }
  ConfigCache& configuration() { return configuration_; }

 private:
  Attempt<PhysAddr> stream_address(const StreamTable& table, StreamId stream);
  Attempt<PhysAddr> context_address(const StreamEntry& entry, const Regime& regime, StreamId stream,
                                    SubstreamId substream);
  Attempt<ContextEntry> context_entry(const StreamEntry& entry, const Regime& regime, StreamId stream,
                                      SubstreamId substream);
  // Reads the missing words; false: external abort, at `failed`.
  bool complete(CachedWords& cached, PhysAddr at, PhysAddr& failed);

  Attempt<Translation> translate_stream(const StreamEntry& entry, const Transaction& transaction, bool speculative);
  Attempt<Translation> bypass_stage1(const StreamEntry& entry, const Regime& regime, const Transaction& transaction);
  Attempt<Translation> both_stages(const StreamEntry& entry, Regime regime, const Transaction& transaction,
                                   SubstreamId substream);
  Attempt<Translation> from_combined(const TlbEntry& entry, const Regime& regime, const ContextEntry& context,
                                     std::uint64_t input, Rights needed) const;

  Bus& bus_;
  const Features& features_;
  const Policy& policy_;
  Chooser& chooser_;
  Tlb tlb_;
  ConfigCache configuration_;
  Walker walker_;
};

// The right that an access needs.
Rights needed_right(const Access& access);

}  // namespace hw::smmu
