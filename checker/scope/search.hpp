// SPDX-License-Identifier: Apache-2.0
// Bounded search from the initial state: the shortest sequence of calls that reaches a target in a finite scope, with
// any numbers.
#pragma once

#include <functional>

#include "checker/scope/shrink.hpp"
#include "checker/scope/target.hpp"
#include "model/trace/trace.hpp"

namespace iolaw::scope {

// In laws with more rules the solver does not get far; the search of checker/search does.
inline constexpr std::size_t kFewRules = 20;

struct SearchOptions {
  std::uint32_t depth = 8;  // calls at most
  std::uint32_t scope = 2;  // objects of each kind that may live at a time
  std::chrono::milliseconds time{60000};
  std::chrono::milliseconds shrink_time{2000};
  const Rule* through = nullptr;                      // only traces whose last call is of this rule
  std::function<void(std::uint32_t depth)> progress;  // a depth is being looked at
};

struct SearchResult {
  enum class Tag : std::uint8_t {
    found,
    none,      // no trace of at most `depth` calls
    unknown,   // none of at most `depth` calls; there was no time for more
    rejected,  // the evaluator does not replay what the solver found: an internal error
  };
  Tag tag = Tag::unknown;
  std::uint32_t depth = 0;
  std::size_t target = 0;  // which of the targets
  Trace trace;             // without the last call if that one has no outcome (Evidence::error)
  Evidence evidence;       // of the last call
  std::string note;
  std::vector<std::string> searched;  // lines that say where nothing shorter was found, if that is less than all
};

// Makes the calls on the evaluator, each with what the implementation chose, and sets trace and evidence. False if they
// do not end in the target.
bool replay(const Model& model, const Target& target, const std::vector<std::pair<Call, Outcome>>& calls,
            SearchResult& result);

// The shortest trace to any of the targets.
SearchResult search(const Model& model, const std::vector<Target>& targets, const SearchOptions& options);

}  // namespace iolaw::scope
