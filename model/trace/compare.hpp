// SPDX-License-Identifier: Apache-2.0
// The first step where two traces of one law part.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/trace/trace.hpp"

namespace iolaw {

// A trace with the states that its document shows; where it shows none, they are what the law has after each step.
struct ShownTrace {
  Trace trace;
  std::vector<State> states;  // empty, or the start and one after each step
};

struct Parting {
  std::size_t step = 0;        // from 1; 0 is the start
  std::optional<TraceStep> a;  // empty at the start, and if that trace ends before
  std::optional<TraceStep> b;
  State state_a;  // after the step; of a trace that ended, its last state
  State state_b;
};

// Empty if the traces are the same: start, calls, outcomes, branches and states. Why they were kept does not matter.
std::optional<Parting> compare(const Model& model, const ShownTrace& a, const ShownTrace& b);

// The step of both side by side: call, arguments, outcome, and the state as far as it differs. What differs is marked
// `*`.
std::string to_text(const Law& law, const Parting& parting);

// {"parts_at", "differs": ["call" | "arguments" | "outcome" | "branch" | "state" | "length"],
//  "a": {"call", "outcome", "branch"} | null, "b", "state": [{"object", "field"?, "a", "b"}]}; without "field", a and b
//  say
// whether the object lives.
nlohmann::ordered_json to_json(const Law& law, const Parting& parting);

}  // namespace iolaw
