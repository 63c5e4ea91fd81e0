// SPDX-License-Identifier: Apache-2.0
// The first half of a translation: finding and reading the STE and the CD (Arm IHI 0070, 3.3.2, 5.1).
#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/translator.hpp"

namespace hw::smmu {

namespace {

constexpr std::uint64_t kPointerBytes = 8;
constexpr Rights kFetchRight = rights::kPrivilegedRead;

// A cached pointer, if the adversary lets it be used, otherwise the word in memory, perhaps kept.
template <typename Map, typename Key>
std::optional<std::uint64_t> read_pointer(Map& cache, const Key& key, PhysAddr at, Bus& bus, Chooser& chooser,
                                          const Policy& policy) {
  if (chooser.chance(policy.use)) {
    if (const auto found = cache.find(key); found != cache.end()) return found->second;
  }
  const auto word = bus.read64(at);
  if (word && chooser.chance(policy.fill)) cache[key] = *word;
  return word;
}

}  // namespace

Attempt<PhysAddr> Translator::stream_address(const StreamTable& table, StreamId stream) {
  if (table.bits < 32 && (stream >> table.bits) != 0) return Fault{.code = EventCode::bad_stream};
  if (!table.two_level) return table.base + stream * kStructureBytes;

  const StreamId top = stream >> table.split;
  const PhysAddr at = table.base + top * kPointerBytes;
  const auto pointer = read_pointer(configuration_.stream_pointers, top << table.split, at, bus_, chooser_, policy_);
  if (!pointer) return Fault{.code = EventCode::ste_fetch, .fetch = at};
  const unsigned span = static_cast<unsigned>(field(*pointer, 4, 0));
  const StreamId below = stream & static_cast<StreamId>(low_bits(table.split));
  // Span n stands for 2^(n-1) STEs; 12 and more is reserved, and an array cannot be larger than what is split off.
  if (span == 0 || span > 11 || span > table.split + 1 || (below >> (span - 1)) != 0) {
    return Fault{.code = EventCode::bad_stream};
  }
  const PhysAddr array = align_down(address_field(*pointer, 51, 6), kStructureBytes << (span - 1));
  return array + below * kStructureBytes;
}

bool Translator::complete(CachedWords& cached, PhysAddr at, PhysAddr& failed) {
  for (unsigned i = 0; i < kStructureWords; ++i) {
    if (bit(cached.have, i)) continue;
    const auto word = bus_.read64(at + 8 * i);
    if (!word) {
      failed = at + 8 * i;
      return false;
    }
    cached.words[i] = *word;
  }
  cached.have = 0xff;
  return true;
}

Attempt<StreamEntry> Translator::stream_entry(const StreamTable& table, StreamId stream) {
  if (table.bits < 32 && (stream >> table.bits) != 0) return Fault{.code = EventCode::bad_stream};
  const auto meaning = [](const DecodedStream& decoded) -> Attempt<StreamEntry> {
    if (std::holds_alternative<Flaw>(decoded)) return Fault{.code = EventCode::bad_ste};
    return std::get<StreamEntry>(decoded);
  };
  const auto cached = configuration_.streams.find(stream);
  const bool usable = cached != configuration_.streams.end() && chooser_.chance(policy_.use);
  if (usable && cached->second.decoded) return meaning(*cached->second.decoded);

  CachedStream entry = usable ? cached->second : CachedStream{};
  const auto at = stream_address(table, stream);
  if (!at) return at.fault();
  PhysAddr failed = 0;
  if (!complete(entry, *at, failed)) {
    configuration_.streams.erase(stream);
    return Fault{.code = EventCode::ste_fetch, .fetch = failed};
  }
  entry.decoded = decode_stream(entry.words, features_);
  const auto result = meaning(*entry.decoded);
  if (chooser_.chance(policy_.fill)) configuration_.streams[stream] = entry;
  return result;
}

Attempt<PhysAddr> Translator::context_address(const StreamEntry& entry, const Regime& regime, StreamId stream,
                                              SubstreamId substream) {
  const auto fetchable = [&](std::uint64_t address) {
    return walker_.through_stage2(regime, address, kFetchRight, FaultClass::context);
  };
  std::uint64_t table = entry.contexts;
  SubstreamId index = substream;
  if (entry.leaf_bits != 0) {
    const SubstreamId top = substream >> entry.leaf_bits;
    const auto at = fetchable(table + top * kPointerBytes);
    if (!at) return at.fault();
    const auto pointer =
        read_pointer(configuration_.context_pointers, ConfigCache::ContextKey{stream, top << entry.leaf_bits},
                     at->address, bus_, chooser_, policy_);
    if (!pointer) return Fault{.code = EventCode::cd_fetch, .fetch = at->address};
    table = address_field(*pointer, 51, 12);
    const bool reachable = entry.stage2 || table <= low_bits(features_.output_bits);
    if (!bit(*pointer, 0) || !reachable) return Fault{.code = EventCode::bad_substream};
    index &= static_cast<SubstreamId>(low_bits(entry.leaf_bits));
  }
  const auto at = fetchable(table + index * kStructureBytes);
  if (!at) return at.fault();
  return at->address;
}

Attempt<ContextEntry> Translator::context_entry(const StreamEntry& entry, const Regime& regime, StreamId stream,
                                                SubstreamId substream) {
  const ConfigCache::ContextKey key{stream, substream};
  const auto meaning = [&](const DecodedContext& decoded) -> Attempt<ContextEntry> {
    if (std::holds_alternative<Flaw>(decoded)) return Fault{.code = EventCode::bad_cd};
    const auto& context = std::get<ContextEntry>(decoded);
    // CD.S against S1STALLD.
    if (context.stall && entry.no_stage1_stall) return Fault{.code = EventCode::bad_cd};
    return context;
  };
  const auto cached = configuration_.contexts.find(key);
  const bool usable = cached != configuration_.contexts.end() && chooser_.chance(policy_.use);
  if (usable && cached->second.decoded) return meaning(*cached->second.decoded);

  CachedContext words = usable ? cached->second : CachedContext{};
  const auto at = context_address(entry, regime, stream, substream);
  if (!at) return at.fault();
  PhysAddr failed = 0;
  if (!complete(words, *at, failed)) {
    configuration_.contexts.erase(key);
    return Fault{.code = EventCode::cd_fetch, .fetch = failed};
  }
  words.decoded = decode_context(words.words, features_);
  const auto result = meaning(*words.decoded);
  if (chooser_.chance(policy_.fill)) configuration_.contexts[key] = words;
  return result;
}

void Translator::fetch_ahead(const StreamTable& table, const Transaction& transaction) {
  const auto read_some = [&](CachedWords& cached, PhysAddr at) {
    for (unsigned i = 0; i < kStructureWords; ++i) {
      if (bit(cached.have, i) || !chooser_.chance(128)) continue;
      const auto word = bus_.read64(at + 8 * i);
      if (!word) return;
      cached.words[i] = *word;
      cached.have = static_cast<std::uint8_t>(cached.have | 1u << i);
    }
  };
  const auto stream_at = stream_address(table, transaction.stream);
  if (!stream_at) return;
  if (chooser_.chance(128)) return read_some(configuration_.streams[transaction.stream], *stream_at);

  const auto entry = stream_entry(table, transaction.stream);
  if (!entry || !entry->stage1) return;
  const SubstreamId substream = transaction.substream.value_or(0);
  if ((substream >> entry->context_bits) != 0) return;
  const Regime regime{.vmid = entry->vmid, .second = entry->stage2 ? &entry->second : nullptr, .speculative = true};
  const auto context_at = context_address(*entry, regime, transaction.stream, substream);
  if (context_at) read_some(configuration_.contexts[{transaction.stream, substream}], *context_at);
}

}  // namespace hw::smmu
