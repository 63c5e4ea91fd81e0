// SPDX-License-Identifier: Apache-2.0
// Streams whose transactions may name an address space of their own (PASIDs): each has a linear table of contexts.
#include <cerrno>

#include "hw_reference/domain/domain.hpp"
#include "hw_reference/domain/driver.hpp"
#include "hw_reference/domain/plain_entries.hpp"

namespace hw::domain {

namespace {

// In the first word of a context.
constexpr std::uint64_t kContextValid = std::uint64_t{1} << 31;
constexpr std::uint64_t kStall = std::uint64_t{1} << 44;

}  // namespace

smmu::Words Driver::table_entry(smmu::StreamId stream, unsigned without_substream) const {
  smmu::Words entry{};
  entry[0] = 1 | 5ULL << 1 | (layout_.substreams + (std::uint64_t{stream} << (6 + layout_.substream_bits))) |
             std::uint64_t{layout_.substream_bits} << 59;
  entry[1] = without_substream;
  return entry;
}

// Contexts differ in many words: the old one is made invalid and forgotten, the new one is there before it is valid,
// and what was fetched while it was not is forgotten too.
void Driver::write_substream(smmu::StreamId stream, smmu::SubstreamId substream, const smmu::Words& context) {
  const PhysAddr at = layout_.substreams + (std::uint64_t{stream} << (6 + layout_.substream_bits)) + 64ULL * substream;
  const auto forget = [&] { send({smmu::command::cfgi_cd(stream, substream, true)}); };
  memory_.write64(at, 0);
  forget();
  if ((context[0] & kContextValid) == 0) return;
  for (unsigned i = 1; i < context.size(); ++i) memory_.write64(at + 8 * i, context[i]);
  forget();
  memory_.write64(at, context[0] | (attached_[stream].stalls ? kStall : 0));
  forget();
}

int Driver::attach_substream(smmu::StreamId stream, smmu::SubstreamId substream, Domain& domain) {
  if (stream >= attached_.size() || substream == 0 || substream >= substreams()) return EINVAL;
  if (!domain.is_first_stage() || &domain.driver() != this) return EINVAL;
  std::lock_guard lock(mutex_);
  Attached& now = attached_[stream];
  if (now.ats || (now.domain != nullptr && (!now.domain->is_first_stage() || now.nested))) return EBUSY;
  const auto [place, added] = now.substreams.try_emplace(substream, nullptr);
  write_substream(stream, substream, domain.context());
  // The first one: the stream itself goes on as before, but through the table.
  if (added && now.substreams.size() == 1 && now.domain == nullptr)
    write_entry(stream, table_entry(stream, now.bypass ? kBypassStage1 : kTerminate));
  if (place->second != nullptr) --place->second->streams;
  place->second = &domain;
  ++domain.streams;
  return 0;
}

int Driver::detach_substream(smmu::StreamId stream, smmu::SubstreamId substream) {
  if (stream >= attached_.size()) return EINVAL;
  std::lock_guard lock(mutex_);
  Attached& now = attached_[stream];
  const auto place = now.substreams.find(substream);
  if (place == now.substreams.end()) return EINVAL;
  write_substream(stream, substream, {});
  --place->second->streams;
  now.substreams.erase(place);
  if (now.substreams.empty() && now.domain == nullptr) write_entry(stream, now.bypass ? bypassing() : aborting());
  return 0;
}

}  // namespace hw::domain
