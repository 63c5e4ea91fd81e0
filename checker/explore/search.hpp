// SPDX-License-Identifier: Apache-2.0
// Breadth-first search of everything that a compiled model reaches from the initial state.
//
// In rounds: each thread expands a chunk of its own states of the present level into one buffer per owner; then each
// thread adds what was sent to it. Between the two all threads meet, so nothing is locked; the result does not depend
// on their speed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "checker/explore/partition.hpp"
#include "model/emit/compiled.hpp"

namespace iolaw::explore {

struct Progress {
  std::uint64_t states = 0;
  std::uint64_t edges = 0;
  std::uint64_t frontier = 0;  // states that are not expanded yet
  std::uint64_t estimate = 0;  // of all states, from how the levels grow; 0 while they still do
  std::uint32_t depth = 0;     // of the states that are being expanded
  double seconds = 0;
  std::uint64_t bytes = 0;
};

struct SearchOptions {
  unsigned threads = 1;
  std::uint64_t bytes = std::uint64_t{1} << 30;
  std::uint32_t depth = ~0U;                      // of the states that are expanded, at most: less one
  std::function<void(const Progress&)> progress;  // twice a second, and at the end
  std::function<bool()> stop;                     // asked between rounds, some hundredths of a second
};

enum class End : std::uint8_t { exhausted, wrong, wide, crowded, memory, depth, stopped };

// What was found wrong, and the way to it: keys from the initial state to the one where it shows.
struct Wrong {
  decltype(iolaw_compiled::Totals::wrong) what = iolaw_compiled::Totals::kNothing;
  std::uint32_t property = 0;
  std::uint32_t site = 0;
  std::vector<std::vector<Word>> path;
};

struct Found {
  End end = End::exhausted;
  std::uint64_t states = 0;
  std::uint64_t edges = 0;
  std::uint64_t full = 0;   // calls that need more objects than the scope has
  std::uint32_t depth = 0;  // of the last level that was expanded whole
  double seconds = 0;
  double cpu_seconds = 0;  // of all threads: what a busy machine does not change
  std::uint64_t bytes = 0;
  std::vector<std::uint64_t> outcomes;
  std::vector<std::uint8_t> reached;
  std::optional<Wrong> wrong;
};

Found search(const iolaw_compiled::Compiled& model, const SearchOptions& options);

}  // namespace iolaw::explore
