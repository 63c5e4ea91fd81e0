// SPDX-License-Identifier: Apache-2.0
// One call, and the truth of every property, by the evaluator and by the compiled model: they must agree in everything.
#pragma once

#include <fmt/format.h>

#include <map>

#include "model/emit/test/compiled_laws.hpp"

namespace iolaw {

// What came of comparing one call.
struct Compared {
  std::string difference;  // empty if they agree
  bool changed = false;    // the state has gone on
  bool full = false;       // the compiled model has no room: nothing to compare
  std::string outcome;     // "ioas.map.overlap", "ioas.map.ok", "ioas.copy.several", or empty for a defect of the law
};

template <class Compiled>
std::string compare_properties(const Law& law, const Model& model, const State& before, const State* after,
                               const Call* call) {
  const auto compiled_before = to_compiled<Compiled>(law, before);
  const auto compiled_after = after != nullptr ? to_compiled<Compiled>(law, *after) : std::nullopt;
  if (!compiled_before || (after != nullptr && !compiled_after)) return {};
  for (std::uint32_t index = 0; index < law.properties.size(); ++index) {
    const Property& property = law.properties[index];
    const bool step = property.tag == Property::Tag::step;
    if (step != (after != nullptr)) continue;
    if (!property.on.empty() && std::find(property.on.begin(), property.on.end(), call->rule) == property.on.end())
      continue;
    std::optional<bool> evaluated;
    std::optional<bool> compiled;
    std::string why;
    try {
      evaluated = model.holds(property, before, after, call);
    } catch (const EvaluationError& error) {
      why = error.what();
    }
    try {
      compiled = Compiled::holds(index, *compiled_before, compiled_after ? &*compiled_after : nullptr,
                                 call != nullptr ? call->arguments.data() : nullptr);
    } catch (const iolaw_compiled::Defect&) {
    }
    if (evaluated == compiled) continue;
    const auto say = [](const std::optional<bool>& truth) { return !truth ? "no value" : *truth ? "true" : "false"; };
    return fmt::format("{}: evaluated {} {}, compiled {}", property.name, say(evaluated), why, say(compiled));
  }
  return {};
}

template <class Compiled>
Compared compare_call(const Law& law, const Model& model, State& state, const Call& call) {
  Compared result;
  auto compiled = to_compiled<Compiled>(law, state);
  if (!compiled) {
    result.full = true;
    return result;
  }
  const State before = state;
  Outcome outcome;
  std::optional<std::uint32_t> branch;
  std::string why;
  try {
    branch = model.step(state, call, outcome);
  } catch (const EvaluationError& error) {
    why = error.what();
  }
  iolaw_compiled::Outcome compiled_outcome;
  std::optional<std::uint32_t> compiled_branch;
  try {
    compiled_branch = Compiled::step(*compiled, call.rule, call.arguments.data(), compiled_outcome);
  } catch (const iolaw_compiled::Defect&) {
  }
  if (compiled_branch == iolaw_compiled::kFull || compiled_branch == iolaw_compiled::kWide) {
    result.full = true;
    state = before;
    return result;
  }

  const Rule& rule = law.rules[call.rule];
  const auto differ = [&](const std::string& what) {
    result.difference = fmt::format("{} {}", to_string(law, call), what);
    return result;
  };
  if (!why.empty() || !compiled_branch) {
    if (why.empty() || compiled_branch) return differ(fmt::format("is a defect for one only: {}", why));
  } else if (!branch || compiled_branch == iolaw_compiled::kUnspecified) {
    if (branch || compiled_branch != iolaw_compiled::kUnspecified) return differ("is unspecified for one only");
    result.outcome = rule.name + ".unspecified";
  } else {
    if (*branch != *compiled_branch) {
      return differ(
          fmt::format("ends as {}, compiled as {}", branch_id(rule, *branch), branch_id(rule, *compiled_branch)));
    }
    result.outcome = branch_id(rule, *branch);
    if (*branch != kSuccess && outcome.error != compiled_outcome.error) {
      return differ(fmt::format("has errno {}, compiled {}", outcome.error, compiled_outcome.error));
    }
    for (std::size_t which = 0; *branch == kSuccess && which < outcome.results.size(); ++which) {
      if (outcome.results[which].has_value() != compiled_outcome.some[which])
        return differ("has a result for one only");
      if (outcome.results[which] && *outcome.results[which] != compiled_outcome.results[which]) {
        return differ(
            fmt::format("has result {}, compiled {}", *outcome.results[which], compiled_outcome.results[which]));
      }
    }
  }
  const State compiled_state = from_compiled<Compiled>(law, *compiled);
  if (!(compiled_state == state)) {
    return differ(
        fmt::format("leads to other states:\n  {}", fmt::join(difference(law, state, compiled_state), "\n  ")));
  }
  result.changed = !(state == before);
  if (branch) {
    const std::string steps = compare_properties<Compiled>(law, model, before, &state, &call);
    if (!steps.empty()) return differ(steps);
  }
  return result;
}

}  // namespace iolaw
