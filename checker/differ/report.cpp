// SPDX-License-Identifier: Apache-2.0
// A difference for people, and as a trace.
#include <fmt/format.h>

#include "checker/differ/diff.hpp"

namespace iolaw {

Trace to_trace(const Model& model, const std::string& law_path, const std::string& port, const Difference& difference) {
  const Session::Finding& finding = difference.finding;
  Trace trace;
  trace.law = law_path;
  trace.note = fmt::format("differs on {} at step {}", port, difference.agreed.size() + 1);
  trace.start = State(model.law());
  trace.steps = difference.agreed;
  // What the law expects; what the port answered is found again by running it.
  TraceStep last{finding.call, {}, finding.branch};
  if (!finding.allowed.empty()) {
    last.outcome = finding.allowed.front().outcome;
    last.branch = finding.allowed.front().branch;
  } else if (const std::vector<Allowed> allowed = allowed_now(model, trace); !allowed.empty()) {
    last.outcome = allowed.front().outcome;
    last.branch = allowed.front().branch;
  }
  trace.steps.push_back(std::move(last));
  return trace;
}

std::string to_text(const Model& model, const std::string& port, const Difference& difference) {
  const Law& law = model.law();
  std::string text;
  std::size_t number = 0;
  for (const TraceStep& step : difference.agreed) {
    text += fmt::format("  {}. {}\n", ++number, to_string(law, step.call, step.outcome, step.branch));
  }
  text += fmt::format("  {}. {}\n", ++number, to_string(law, difference.finding.call));
  text += to_text(law, difference.finding);
  return text;
}

}  // namespace iolaw
