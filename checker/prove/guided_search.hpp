// SPDX-License-Identifier: Apache-2.0
// Calls from the initial state to outcomes and covers, found on the evaluator alone: a pool of states that differ in
// what lives and how it hangs together, grown where little was tried, with calls drawn for what is still missing.
// Equal laws give equal answers: work is counted in calls, the seed is fixed.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/scope/target.hpp"

namespace iolaw {

struct GuidedSearchOptions {
  std::uint64_t seed = 1;
  std::uint32_t attempts = 4;        // each begins anew with what is left: what one misses by bad luck another finds
  std::uint64_t calls = 6'000'000;   // of the model, in all
  std::uint64_t patience = 700'000;  // calls without a new target reached
  const std::atomic<bool>* stop = nullptr;  // becomes true when the search is to end
  bool decided = false;                     // leave out calls whose answer an implementation chooses among numbers
};

struct GuidedSearchResult {
  // Parallel to the targets: the calls that lead there, the last one among them; empty if none were found. Of a cover
  // that the initial state meets, no calls.
  std::vector<std::optional<std::vector<Call>>> witnesses;
  std::uint64_t calls = 0;  // made on the model
};

// Targets are outcomes and covers.
GuidedSearchResult guided_search(const Model& model, const std::vector<scope::Target>& targets,
                                 const GuidedSearchOptions& options = {});

}  // namespace iolaw
