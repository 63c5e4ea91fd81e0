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
  State state = trace.start;
  for (const TraceStep& step : trace.steps) follow(model, state, step.call, step.outcome);
  // What the law expects of the last call; what the port answers is found again by running it.
  const std::vector<Allowed> allowed = finding.allowed.empty() ? model.allowed(state, finding.call) : finding.allowed;
  trace.steps.push_back({finding.call, allowed.at(0).outcome, allowed.at(0).branch});
  return trace;
}

std::string to_text(const Model& model, const std::string& port, const Difference& difference) {
  const Law& law = model.law();
  std::string text = fmt::format("{} differs at step {}:\n", port, difference.agreed.size() + 1);
  std::size_t number = 0;
  for (const TraceStep& step : difference.agreed) {
    text += fmt::format("  {}. {}: {}\n", ++number, to_string(law, step.call),
                        to_string(law, step.call, step.outcome, step.branch));
  }
  text += fmt::format("  {}. {}\n", ++number, to_string(law, difference.finding.call));
  text += to_text(law, difference.finding);
  return text;
}

}  // namespace iolaw
