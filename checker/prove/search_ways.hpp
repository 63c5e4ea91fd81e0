// SPDX-License-Identifier: Apache-2.0
// Ways from the initial state to targets that have none yet, found on the evaluator by several threads. Work is counted
// in calls of the model: what is found does not depend on threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "checker/prove/guided_search.hpp"
#include "checker/search/explicit_search.hpp"

namespace iolaw {

// Parallel to the targets: the calls that lead there, nullopt where none were found.
using Ways = std::vector<std::optional<std::vector<Call>>>;

struct SearchWays {
  const Law& law;
  unsigned threads = 1;
  const std::atomic<bool>* stop = nullptr;  // becomes true when the search is to end

  // Each target by itself: all runs are looked at, best first; `options` are for one. Where one wrong call leads
  // elsewhere. Returns how many calls it may have taken.
  std::uint64_t each(const std::vector<scope::Target>& targets, const search::ExplicitOptions& options,
                     Ways& ways) const;

  // All at once by the guided search, from so many seeds, `options.seed` and those that follow; of several ways that of
  // the lowest seed. Returns how many calls it took.
  std::uint64_t guided(const std::vector<scope::Target>& targets, const GuidedSearchOptions& options, std::size_t seeds,
                       Ways& ways) const;
};

}  // namespace iolaw
