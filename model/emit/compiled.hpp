// SPDX-License-Identifier: Apache-2.0
// The C interface of a compiled model in a shared object; what it is compiled from holds a copy of this text.
#pragma once

#include <cstdint>

namespace iolaw_compiled {

// Where the keys of successors go: whole keys at `next`, and `flush` when there is no room for another.
struct Successors {
  std::uint64_t* next;
  std::uint64_t* end;
  void* owner;
  void (*flush)(Successors*);
  // Where states are reduced by symmetry: keys of states that were sent before, as they were before the reduction; what
  // is found there is not sent again. A table of zeros at first, the key of the initial state; `recent_keys`, a power
  // of two, of whole keys.
  std::uint64_t* recent;
  std::uint64_t recent_keys;
};

struct Totals {
  std::uint64_t edges;      // calls that succeeded or changed the state
  std::uint64_t full;       // calls that need more objects than the scope has
  std::uint64_t wide;       // calls that keep a number which this packing cannot
  std::uint64_t crowded;    // likewise: more different numbers than it has indexes for
  std::uint64_t* outcomes;  // calls per outcome: of each rule success, then its branches
  std::uint8_t* reached;    // per property: a cover that was met
  // The first thing found wrong, and in which of the given states.
  std::uint64_t wrong_state;
  std::uint32_t wrong_property;  // index into Law::properties
  std::uint32_t wrong_site;      // of a defect: index into kSites
  enum : std::uint32_t { kNothing, kInvariant, kStep, kDefect } wrong;
};

struct Edge {
  std::uint32_t rule;
  std::uint32_t branch;            // ~0: success
  const std::uint64_t* arguments;  // one word per parameter; references are indexes, all ones for none
  const std::uint64_t* key;        // of the state after it
};

struct Place {
  std::uint32_t file;
  std::uint32_t begin;
  std::uint32_t end;
  const char* what;
};

struct Compiled {
  std::uint32_t version;
  std::uint32_t key_bits;
  std::uint32_t key_words;
  std::uint32_t outcomes;
  std::uint32_t properties;
  std::uint32_t sites;
  const Place* places;

  void (*initial)(std::uint64_t* key);
  // Checks each state and makes all of its calls; stops at the first state where something is wrong, or a number cannot
  // be kept.
  void (*expand)(const std::uint64_t* keys, std::uint64_t states, Successors*, Totals*);
  // The same of one state, with what leads to each successor; `key` as `expand` makes it. A false answer ends it.
  void (*edges)(const std::uint64_t* key, void* context, bool (*edge)(void* context, const Edge*));
  // Words as in a state of the evaluator.
  std::uint64_t (*live)(const std::uint64_t* key, std::uint32_t kind);
  void (*field)(const std::uint64_t* key, std::uint32_t kind, std::uint32_t object, std::uint32_t field,
                std::uint64_t* words);
  // The one key of all states that differ from this one in the names of objects only.
  void (*canonical)(const std::uint64_t* key, std::uint64_t* result);
  // The key of the state whose live objects of each kind are a mask in `live`, and whose fields `read` tells.
  void (*make)(const std::uint64_t* live, void* context,
               void (*read)(void* context, std::uint32_t kind, std::uint32_t object, std::uint32_t field,
                            std::uint64_t* words),
               std::uint64_t* key);
};

inline constexpr std::uint32_t kCompiledVersion = 4;
inline constexpr char kCompiledSymbol[] = "iolaw_compiled_model";

}  // namespace iolaw_compiled
