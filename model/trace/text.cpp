// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "model/trace/trace.hpp"

namespace iolaw {
namespace {

// The width of the longest step number, for even columns.
std::size_t width_of(std::size_t steps) { return std::to_string(steps).size(); }

const Allowed* find_outcome(const std::vector<Allowed>& all, const Outcome& outcome) {
  for (const Allowed& one : all) {
    if (one.outcome == outcome) return &one;
  }
  return nullptr;
}

}  // namespace

std::string to_text(const Law& law, const Model& model, const Trace& trace) {
  std::string text;
  const std::size_t width = width_of(trace.steps.size());
  const std::string indent(width + 4, ' ');
  if (!trace.note.empty()) text += trace.note + "\n";
  State state = trace.start;
  for (const std::string& line : difference(law, State(law), state)) text += "start " + line + "\n";
  std::size_t number = 0;
  for (const TraceStep& step : trace.steps) {
    text += fmt::format("{:>{}}. {}\n", ++number, width, to_string(law, step.call));
    text += fmt::format("{}→ {}\n", indent, to_string(law, step.call, step.outcome, step.branch));
    std::vector<Allowed> allowed;
    try {
      allowed = model.allowed(state, step.call, &step.outcome);
    } catch (const EvaluationError& error) {
      text += fmt::format("{}the law has no value here: {}\n", indent, error.what());
      continue;
    }
    const Allowed* next = find_outcome(allowed, step.outcome);
    if (next == nullptr) {
      if (allowed.empty()) text += fmt::format("{}the law does not say what this call does\n", indent);
      for (const Allowed& one : allowed) {
        text += fmt::format("{}the law allows: {}\n", indent, to_string(law, step.call, one.outcome, one.branch));
      }
      continue;
    }
    for (const std::string& line : difference(law, state, next->next)) text += fmt::format("{}{}\n", indent, line);
    state = next->next;
  }
  return text;
}

}  // namespace iolaw
