// SPDX-License-Identifier: Apache-2.0
// Exhaustive search of a finite scope of a law: compile it, search it, and turn what is wrong into a trace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/explore/load.hpp"
#include "checker/explore/search.hpp"
#include "model/emit/scope.hpp"
#include "model/eval/model.hpp"
#include "model/law/law.hpp"
#include "model/trace/trace.hpp"

namespace iolaw::explore {

// A shortest way to what is wrong, made and judged by the evaluator alone.
struct Counterexample {
  Trace trace;
  std::vector<Reason> reasons;
};

struct Explored {
  emit::Scope scope;  // as searched: wider than asked for, if fields keep greater numbers than calls pass
  Found found;
  bool cached = false;  // no compiler had to run
  double compile_seconds = 0;
  std::optional<Counterexample> counterexample;
};

// Throws emit::EmitError, LoadError, and std::logic_error where the compiled model and the evaluator disagree.
Explored explore(const Law& law, emit::Scope scope, const SearchOptions& options);

// Follows a path of the search on the evaluator. The states may differ in the names of objects.
Counterexample replay(const Law& law, const emit::Scope& scope, const iolaw_compiled::Compiled& compiled,
                      const Wrong& wrong);

}  // namespace iolaw::explore
