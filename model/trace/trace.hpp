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

// One line per call with its outcome, then indented what it changed.
std::string to_text(const Law& law, const Model& model, const Trace& trace);

}  // namespace iolaw
