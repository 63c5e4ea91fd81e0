// SPDX-License-Identifier: Apache-2.0
// The configuration caches: level-1 stream descriptors, STEs, level-1 CD pointers and CDs, each independent of the
// others (Arm IHI 0070, 3.21). Whatever was reachable may be held, also with V = 0 or illegal. The SMMU's lock protects
// it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "hw_reference/smmu/fault.hpp"
#include "hw_reference/smmu/policy.hpp"
#include "hw_reference/smmu/stage.hpp"

namespace hw::smmu {

// A structure of which perhaps only some words have been read yet: hardware may read them in any order, over any time
// that no invalidation falls into.
struct CachedWords {
  Words words{};
  std::uint8_t have = 0;  // bit i: words[i] has been read
  bool complete() const { return have == 0xff; }
};

// With what the words mean, once all of them are there: decoding is the larger part of a hit otherwise.
struct CachedStream : CachedWords {
  std::optional<DecodedStream> decoded;
};
struct CachedContext : CachedWords {
  std::optional<DecodedContext> decoded;
};

class ConfigCache {
 public:
  using ContextKey = std::pair<StreamId, SubstreamId>;

  std::map<StreamId, CachedStream> streams;
  std::map<ContextKey, CachedContext> contexts;
  std::map<StreamId, std::uint64_t> stream_pointers;     // by the first StreamID that the descriptor covers
  std::map<ContextKey, std::uint64_t> context_pointers;  // by the first SubstreamID that the descriptor covers

  // [first, last] of StreamIDs with all their CDs; `pointers`: level-1 stream descriptors as well, each of which covers
  // 2^split StreamIDs.
  void remove_streams(StreamId first, StreamId last, bool pointers, unsigned split);
  // `pointers`: the level-1 CD pointer as well, if it covers the substream with leaves of 64 or 1024 CDs.
  void remove_context(StreamId stream, SubstreamId substream, bool pointers);
  void remove_contexts(StreamId first, StreamId last);
  void clear();

  void evict(Chooser& chooser);
  std::size_t size() const {
    return streams.size() + contexts.size() + stream_pointers.size() + context_pointers.size();
  }
};

}  // namespace hw::smmu
