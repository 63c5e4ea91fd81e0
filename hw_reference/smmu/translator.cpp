// SPDX-License-Identifier: Apache-2.0
// The second half of a translation: which stages apply, and what they yield (Arm IHI 0070, 3.4, 7.3).
#include "hw_reference/smmu/translator.hpp"

#include <algorithm>

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

namespace {

// With a top byte that is ignored, bit 55 stands for it.
std::uint64_t normalise(std::uint64_t input, const ContextHalf& half) {
  if (!half.ignore_top_byte) return input;
  return bit(input, 55) ? input | in_field(0xff, 63, 56) : input & low_bits(56);
}

// Whether the address lies in what TTB0 (lower) or TTB1 (upper) translates.
bool in_half(std::uint64_t input, unsigned which, const ContextHalf& half) {
  const std::uint64_t beyond = input & ~low_bits(half.geometry.input_bits);
  return beyond == (which == 0 ? 0 : ~low_bits(half.geometry.input_bits));
}

}  // namespace

namespace {

// What the context says of a fault of stage 1 that no walk met.
Fault by_context(EventCode code, const ContextEntry& context) {
  return {.code = code,
          .recorded = context.record || context.stall,
          .read_as_zero = !context.abort,
          .stall = context.stall};
}

}  // namespace

Rights needed_right(const Access& access) {
  const Rights user = access.instruction ? rights::kUserExecute : access.write ? rights::kUserWrite : rights::kUserRead;
  return access.privileged ? static_cast<Rights>(user << 3) : user;
}

Attempt<Translation> Translator::translate(const StreamTable& table, const Transaction& transaction, bool speculative) {
  const auto entry = stream_entry(table, transaction.stream);
  if (!entry) {
    Fault fault = entry.fault();
    fault.mergeable = true;  // nothing is known yet of STE.MEV
    return fault;
  }
  const auto result = translate_stream(*entry, transaction, speculative);
  if (result || !entry->merge_events) return result;
  Fault fault = result.fault();
  fault.mergeable = !fault.stall;
  return fault;
}

Attempt<Translation> Translator::translate_stream(const StreamEntry& entry, const Transaction& transaction,
                                                  bool speculative) {
  if (entry.mode == StreamEntry::Mode::abort) return Fault{.code = EventCode::bad_ste, .recorded = false};

  const Regime regime{.vmid = entry.vmid, .second = entry.stage2 ? &entry.second : nullptr, .speculative = speculative};
  const auto& substream = transaction.substream;
  if (substream) {
    const bool legal = entry.stage1 && entry.context_bits > 0 && (*substream >> entry.context_bits) == 0;
    if (!legal) return Fault{.code = EventCode::bad_substream};
    if (*substream == 0 && entry.default_substream == StreamEntry::Default::substream0) {
      return Fault{.code = EventCode::stream_disabled};
    }
    return both_stages(entry, regime, transaction, *substream);
  }
  if (!entry.stage1) return bypass_stage1(entry, regime, transaction);
  if (entry.context_bits > 0) {
    if (entry.default_substream == StreamEntry::Default::terminate) return Fault{.code = EventCode::stream_disabled};
    if (entry.default_substream == StreamEntry::Default::bypass) return bypass_stage1(entry, regime, transaction);
  }
  return both_stages(entry, regime, transaction, 0);
}

Attempt<Translation> Translator::bypass_stage1(const StreamEntry& entry, const Regime& regime,
                                               const Transaction& transaction) {
  // The intermediate address is bounded by the output size whatever stage 2 then makes of it.
  if (transaction.address > low_bits(features_.output_bits)) return Fault{.code = EventCode::address_size};
  if (!entry.stage2) return Translation{.address = transaction.address};
  const auto reached =
      walker_.through_stage2(regime, transaction.address, needed_right(transaction.access), FaultClass::input);
  if (!reached) return reached.fault();
  return Translation{reached->address, reached->shift, reached->permitted};
}

// A combined entry knows what either stage permits, so that a fault names the stage that made it.
Attempt<Translation> Translator::from_combined(const TlbEntry& entry, const Regime& regime, const ContextEntry& context,
                                               std::uint64_t input, Rights needed) const {
  const std::uint64_t offset = input - entry.input;
  if (!(entry.rights1 & needed)) {
    return by_context(EventCode::permission, context);
  }
  if (!(entry.rights2 & needed)) {
    return Fault{.code = EventCode::permission,
                 .stage2 = true,
                 .ipa = entry.ipa + offset,
                 .recorded = regime.second->record || regime.second->stall,
                 .stall = regime.second->stall};
  }
  return Translation{entry.output + offset, entry.shift, static_cast<Rights>(entry.rights1 & entry.rights2)};
}

Attempt<Translation> Translator::both_stages(const StreamEntry& entry, Regime regime, const Transaction& transaction,
                                             SubstreamId substream) {
  const auto context = context_entry(entry, regime, transaction.stream, substream);
  if (!context) return context.fault();
  regime.asid = context->asid;

  const unsigned which = bit(transaction.address, 55);
  const ContextHalf& half = context->half[which];
  const std::uint64_t input = normalise(transaction.address, half);
  if (half.disabled || !in_half(input, which, half)) {
    return by_context(EventCode::translation, *context);
  }

  const Rights needed = needed_right(transaction.access);
  if (entry.stage2) {
    const auto combined = walker_.look_up(EntryKind::combined, regime, input);
    if (!combined) return combined.fault();
    const bool tracks_dirty = context->update_dirty || entry.second.update_dirty;
    if (*combined) {
      const Rights permitted = (*combined)->rights1 & (*combined)->rights2;
      const bool may_be_clean = tracks_dirty && (needed & rights::kWrites) && !(permitted & needed);
      if (!may_be_clean) return from_combined(**combined, regime, *context, input, needed);
    }
  }

  const auto first = walker_.through_stage1(regime, *context, half, input, needed);
  if (!first) return first.fault();
  const std::uint64_t ipa = first->output + (input - first->input);
  if (!entry.stage2) return Translation{ipa, first->shift, first->rights1};

  const auto second = walker_.through_stage2(regime, ipa, needed, FaultClass::input);
  if (!second) return second.fault();
  const unsigned shift = std::min(first->shift, second->shift);
  if (chooser_.chance(policy_.combine)) {
    TlbEntry combined = *first;
    combined.shift = shift;
    combined.input = align_down(input, 1ull << shift);
    combined.output = align_down(second->address, 1ull << shift);
    combined.ipa = align_down(ipa, 1ull << shift);
    combined.rights2 = second->permitted;
    walker_.keep(EntryKind::combined, combined);
  }
  return Translation{second->address, shift, static_cast<Rights>(first->rights1 & second->permitted)};
}

}  // namespace hw::smmu
