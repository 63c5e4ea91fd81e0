// SPDX-License-Identifier: Apache-2.0
// Bounded search from the initial state: the shortest sequence of calls that reaches a target in a finite scope, with
// any numbers.
#pragma once

#include <functional>

#include "checker/scope/shrink.hpp"
#include "checker/scope/target.hpp"
#include "model/trace/trace.hpp"

namespace iolaw::scope {

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
};

// The shortest trace to any of the targets.
SearchResult search(const Model& model, const std::vector<Target>& targets, const SearchOptions& options);

}  // namespace iolaw::scope
