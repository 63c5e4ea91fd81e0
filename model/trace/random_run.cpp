// SPDX-License-Identifier: Apache-2.0
#include "model/trace/random_run.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "model/trace/sequence.hpp"

namespace iolaw {
namespace {

// The first invariant or step that does not hold after a step; none of them if nothing changed and no rule was
// followed.
std::optional<Violation> check(const Model& model, const State& before, const State& after, const TraceStep& step) {
  const std::vector<Property>& properties = model.law().properties;
  const bool changed = !(before == after);
  for (std::uint32_t index = 0; index < properties.size(); ++index) {
    const Property& property = properties[index];
    bool held = true;
    const bool is_step = property.tag == Property::Tag::step;
    if (property.tag == Property::Tag::invariant) {
      held = !changed || model.holds(property, after);
    } else if (is_step && (property.on.empty() ? changed : step.branch == kSuccess)) {
      held = model.holds(property, before, &after, &step.call);
    }
    if (held) continue;
    return Violation{index, is_step ? model.blame(property, before, &after, &step.call) : model.blame(property, after)};
  }
  return std::nullopt;
}

Violation no_value(const EvaluationError& error) { return {std::nullopt, {{error.what(), error.span}}}; }

// One step with its checks. The branch, or nothing if the call is unspecified.
std::optional<std::uint32_t> make_step(const Model& model, State& state, State& before, TraceStep& step,
                                       std::optional<Violation>& violation) {
  before = state;
  step.branch = kSuccess;
  step.outcome = {};
  try {
    const std::optional<std::uint32_t> branch = model.step(state, step.call, step.outcome);
    if (!branch) return std::nullopt;
    step.branch = *branch;
    violation = check(model, before, state, step);
  } catch (const EvaluationError& error) {
    violation = no_value(error);
  }
  return step.branch;
}

// The calls with names in the place of objects; nullopt if one names an object that no call returned.
std::optional<Sequence> to_sequence(const Model& model, const std::vector<Call>& calls) {
  Sequence sequence;
  Names names(model.law());
  State state(model.law());
  for (const Call& call : calls) {
    std::optional<SequenceStep> step = names.symbolic(state, call);
    if (!step) return std::nullopt;
    sequence.push_back(std::move(*step));
    Outcome outcome;
    try {
      model.step(state, call, outcome);
    } catch (const EvaluationError&) {
      break;
    }
    names.record(call.rule, outcome, state);
  }
  return sequence;
}

// Makes the steps one after the other, as run_calls() does.
std::optional<Violation> run_sequence(const Model& model, const Sequence& sequence, Trace& trace) {
  trace.start = State(model.law());
  trace.steps.clear();
  State state = trace.start;
  State before = state;
  Names names(model.law());
  std::optional<Violation> violation;
  for (const SequenceStep& symbolic : sequence) {
    TraceStep step{names.resolve(symbolic), {}, kSuccess};
    const bool made = make_step(model, state, before, step, violation).has_value();
    names.record(symbolic.rule, made ? step.outcome : Outcome{EINVAL, {}},
                 state);  // an unspecified call returns nothing
    if (!made) continue;
    trace.steps.push_back(std::move(step));
    if (violation) return violation;
  }
  return std::nullopt;
}

}  // namespace

RunReport run_randomly(const Model& model, const RunOptions& options) {
  const Law& law = model.law();
  RunReport report;
  report.trace.law = law.files.empty() ? "" : law.files.front().path;
  report.trace.start = State(law);
  for (const Rule& rule : law.rules) report.branches.emplace_back(rule.branches.size() + 1, 0);
  report.covered.assign(law.properties.size(), false);

  const Sampler sampler(law);
  std::mt19937_64 random(options.seed);
  State state(law);
  State before(law);
  TraceStep step;
  std::vector<Call> calls;
  const auto begin = std::chrono::steady_clock::now();
  while (report.steps < options.steps && report.unspecified < 100 * options.steps) {
    step.call = sampler.call(state, random);
    const auto branch = make_step(model, state, before, step, report.violation);
    if (!branch) {
      ++report.unspecified;
      continue;
    }
    ++report.steps;
    calls.push_back(step.call);
    std::vector<std::uint64_t>& taken = report.branches[step.call.rule];
    ++taken[*branch == kSuccess ? taken.size() - 1 : *branch];
    if (options.keep_trace) report.trace.steps.push_back(step);
    if (options.watch) options.watch(step, before, state);
    if (report.violation) break;
    for (std::uint32_t index = 0; index < law.properties.size(); ++index) {
      const Property& property = law.properties[index];
      if (property.tag != Property::Tag::cover || report.covered[index]) continue;
      report.covered[index] = model.holds(property, state);
    }
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (report.violation) {
    const std::vector<Call> few = shrink_calls(model, calls, *report.violation);
    report.violation = run_calls(model, few, report.trace);
    const std::optional<std::uint32_t> property = report.violation->property;
    report.trace.note = property ? "breaks " + law.properties[*property].name : "reads what has no value";
  }
  return report;
}

std::optional<Violation> run_calls(const Model& model, const std::vector<Call>& calls, Trace& trace) {
  trace.start = State(model.law());
  trace.steps.clear();
  State state = trace.start;
  State before = state;
  std::optional<Violation> violation;
  for (const Call& call : calls) {
    TraceStep step{call, {}, kSuccess};
    if (!make_step(model, state, before, step, violation)) continue;
    trace.steps.push_back(std::move(step));
    if (violation) return violation;
  }
  return std::nullopt;
}

std::vector<Call> shrink_calls(const Model& model, const std::vector<Call>& calls, const Violation& violation,
                               std::uint64_t budget) {
  std::optional<Sequence> sequence = to_sequence(model, calls);
  if (!sequence) return calls;
  Trace best;
  run_sequence(model, *sequence, best);
  std::uint64_t made = 0;
  // Large pieces first, single calls last, until nothing more can go.
  for (std::size_t piece = std::max<std::size_t>(sequence->size() / 2, 1);;
       piece = std::max<std::size_t>(piece / 2, 1)) {
    bool removed = false;
    for (std::size_t begin = 0; begin < sequence->size() && made < budget;) {
      Trace trace;
      const std::size_t end = std::min(begin + piece, sequence->size());
      Sequence fewer = without_steps(*sequence, begin, end);
      const std::optional<Violation> found = run_sequence(model, fewer, trace);
      made += trace.steps.size() + 1;
      if (found && found->property == violation.property) {
        sequence = std::move(fewer);
        best = std::move(trace);
        removed = true;
      } else {
        begin = end;
      }
    }
    if (made >= budget || (piece == 1 && !removed)) break;
  }
  std::vector<Call> few;
  for (TraceStep& step : best.steps) few.push_back(std::move(step.call));
  return few;
}

}  // namespace iolaw
