// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/config_cache.hpp"

#include <limits>

namespace hw::smmu {

namespace {

constexpr SubstreamId kLastSubstream = std::numeric_limits<SubstreamId>::max();

template <typename Map, typename Key>
void erase_between(Map& map, const Key& first, const Key& last) {
  map.erase(map.lower_bound(first), map.upper_bound(last));
}

template <typename Map>
void evict_one(Map& map, Chooser& chooser) {
  if (map.empty()) return;
  map.erase(std::next(map.begin(), static_cast<std::ptrdiff_t>(chooser.below(map.size()))));
}

}  // namespace

void ConfigCache::remove_streams(StreamId first, StreamId last, bool pointers, unsigned split) {
  erase_between(streams, first, last);
  remove_contexts(first, last);
  if (pointers) erase_between(stream_pointers, (first >> split) << split, last);
}

void ConfigCache::remove_context(StreamId stream, SubstreamId substream, bool pointers) {
  contexts.erase({stream, substream});
  if (!pointers) return;
  for (unsigned leaf_bits : {6u, 10u}) context_pointers.erase({stream, (substream >> leaf_bits) << leaf_bits});
}

void ConfigCache::remove_contexts(StreamId first, StreamId last) {
  erase_between(contexts, ContextKey{first, 0}, ContextKey{last, kLastSubstream});
  erase_between(context_pointers, ContextKey{first, 0}, ContextKey{last, kLastSubstream});
}

void ConfigCache::clear() { *this = ConfigCache{}; }

void ConfigCache::evict(Chooser& chooser) {
  switch (chooser.below(4)) {
    case 0:
      return evict_one(streams, chooser);
    case 1:
      return evict_one(contexts, chooser);
    case 2:
      return evict_one(stream_pointers, chooser);
    default:
      return evict_one(context_pointers, chooser);
  }
}

}  // namespace hw::smmu
