// SPDX-License-Identifier: Apache-2.0
// The shortest way from the initial state to a target, looked for on the evaluator: state by state, best first, in
// scopes of growing width at once.
//
// Shortest is meant within what was searched: the rules, the objects of each kind that may live at a time, and the
// numbers of a scope. What it was is part of the answer. Of what an implementation may choose, the smallest is tried.
// Work is counted in calls of the model: equal laws give equal answers, unless the time ends first.
#pragma once

#include "checker/scope/search.hpp"

namespace iolaw::search {

struct ExplicitOptions {
  std::uint32_t depth = 8;          // calls at most
  std::uint64_t calls = 6'000'000;  // of the model, in all
  std::chrono::milliseconds time{60000};
  const Rule* through = nullptr;  // only ways whose last call is of this rule
  bool decided = false;           // leave out rules whose answer an implementation chooses among numbers
  std::function<void(std::uint32_t depth)> progress{};
};

// The depth of an answer `none` or `unknown` is the one that every scope was searched to.
scope::SearchResult explicit_search(const Model& model, const std::vector<scope::Target>& targets,
                                    const ExplicitOptions& options);

}  // namespace iolaw::search
