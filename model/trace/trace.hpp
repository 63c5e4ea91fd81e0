// SPDX-License-Identifier: Apache-2.0
// A trace: calls from the initial state with what each answered. One JSON format for counterexamples, random runs,
// shrunk differences and tests; compatible with the Informal Trace Format (ITF).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/eval/model.hpp"
#include "model/law/law.hpp"

namespace iolaw {

struct TraceStep {
  Call call;
  Outcome outcome;
  std::uint32_t branch = kSuccess;
};

struct Trace {
  std::string law;   // path of the root file
  std::string note;  // why it was kept: "breaks area.disjoint", "differs on hw_reference", …
  State start;       // the initial state of the law, but for a counterexample to induction
  std::vector<TraceStep> steps;
};

// Reference words inside are the model's indexes. Throws TraceError (what() says where) on text that is no trace of the
// law.
struct TraceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
std::string to_json(const Law& law, const Trace& trace);
Trace trace_from_json(const Law& law, std::string_view text);

// The states that a document shows, the start first, then one after each step; empty if it shows only the start, as
// long traces do. Throws TraceError.
std::vector<State> shown_states(const Law& law, std::string_view text);

// The law that a document names, and the view in which it was read; empty if it names none, or is no trace.
struct TraceOrigin {
  std::string law;
  LawView view;
};
TraceOrigin origin_of_trace(std::string_view text);

// Brings the state to the one after the step. False, and the state stays, if the law does not allow the outcome or has
// no value here.
bool follow(const Model& model, State& state, const TraceStep& step);

// One line per call with its outcome, then indented what it changed.
std::string to_text(const Law& law, const Model& model, const Trace& trace);

}  // namespace iolaw
