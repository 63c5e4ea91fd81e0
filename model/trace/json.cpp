// SPDX-License-Identifier: Apache-2.0
// The JSON form of a trace, compatible with the Informal Trace Format (Apalache, "ITF traces"):
//   "#meta"   format, law, note, and whether the later states show their objects
//   "vars"    what every state has: call, outcome, branch, and one variable for each kind of object
//   "states"  the start, then one state after each call
// Numbers are {"#bigint": "…"} in decimal, flag sets {"#set": […]}, kinds {"#map": [["area0", {…}], …]}.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "model/trace/json_values.hpp"
#include "model/trace/trace.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

// Beyond so many steps only the start shows its objects: a reader can run the calls again.
constexpr std::size_t kMostStatesShown = 1000;

void write_objects(const Law& law, const State& state, Json& out) {
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    Json objects = Json::array();
    const Type reference{TypeTag::reference, false, kind};
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      Json fields = Json::object();
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Field& declared = law.kinds[kind].fields[field];
        fields[declared.name] = value_to_json(law, declared.type, state.field(kind, object, field));
      }
      objects.push_back(Json::array({to_string(law, reference, &object), std::move(fields)}));
    }
    out[law.kinds[kind].name] = Json{{"#map", std::move(objects)}};
  }
}

State read_objects(const Law& law, const Json& in) {
  State state(law);
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Type reference{TypeTag::reference, false, kind};
    for (const Json& pair : in.at(law.kinds[kind].name).at("#map")) {
      Word object = kNone;
      value_from_json(law, reference, pair.at(0), &object);
      if (object == kNone) throw TraceError(fmt::format("{} is no object", pair.at(0).dump()));
      state.set_lives(kind, object, true);
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Field& declared = law.kinds[kind].fields[field];
        value_from_json(law, declared.type, pair.at(1).at(declared.name), state.field(kind, object, field));
      }
    }
  }
  return state;
}

Json call_to_json(const Law& law, const Call& call) {
  const Rule& rule = law.rules[call.rule];
  Json arguments = Json::object();
  for (std::size_t which = 0; which < rule.parameters.size(); ++which) {
    arguments[rule.parameters[which].name] = value_to_json(law, rule.parameters[which].type, &call.arguments[which]);
  }
  return Json{{"rule", rule.name}, {"arguments", std::move(arguments)}};
}

Call call_from_json(const Law& law, const Json& in) {
  const auto name = in.at("rule").get<std::string>();
  const Rule* rule = law.find_rule(name);
  if (rule == nullptr) throw TraceError(fmt::format("the law has no rule {}", name));
  Call call{static_cast<std::uint32_t>(rule - law.rules.data()), {}};
  const Json& arguments = in.at("arguments");
  if (arguments.size() != rule->parameters.size()) {
    throw TraceError(fmt::format("{} has {} parameters", name, rule->parameters.size()));
  }
  for (const Parameter& parameter : rule->parameters) {
    Word words[2] = {0, 0};
    value_from_json(law, parameter.type, arguments.at(parameter.name), words);
    call.arguments.push_back(words[0]);
  }
  return call;
}

Json outcome_to_json(const Law& law, const Rule& rule, const Outcome& outcome) {
  Json results = Json::object();
  for (std::size_t which = 0; which < outcome.results.size() && which < rule.results.size(); ++which) {
    const std::optional<Word>& value = outcome.results[which];
    const Word words[2] = {value.value_or(kNone), value ? Word{1} : Word{0}};
    results[rule.results[which].name] = value ? value_to_json(law, rule.results[which].type, words) : Json("none");
  }
  return Json{{"error", outcome.error == 0 ? "ok" : errno_name(outcome.error)}, {"results", std::move(results)}};
}

Outcome outcome_from_json(const Law& law, const Rule& rule, const Json& in) {
  Outcome outcome;
  const auto error = in.at("error").get<std::string>();
  if (error != "ok") {
    outcome.error = error_from_name(error);
    return outcome;
  }
  const Json& results = in.at("results");
  if (results.size() > rule.results.size()) throw TraceError(rule.name + " has fewer results");
  for (std::size_t which = 0; which < results.size(); ++which) {
    const Result& declared = rule.results[which];
    const Json& value = results.at(declared.name);
    if (value == "none") {
      outcome.results.emplace_back(std::nullopt);
      continue;
    }
    Word words[2] = {0, 0};
    value_from_json(law, declared.type, value, words);
    outcome.results.emplace_back(words[0]);
  }
  return outcome;
}

std::uint32_t branch_from_json(const Rule& rule, const Json& in) {
  const auto id = in.get<std::string>();
  if (id == branch_id(rule, kSuccess)) return kSuccess;
  for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
    if (id == branch_id(rule, branch)) return branch;
  }
  throw TraceError(fmt::format("{} has no branch {}", rule.name, id));
}

// The state that the law has after the step, if it allows the outcome; else the state stays.
void follow(const Model& model, State& state, const TraceStep& step) {
  for (Allowed& allowed : model.allowed(state, step.call, &step.outcome)) {
    if (allowed.outcome != step.outcome) continue;
    state = std::move(allowed.next);
    return;
  }
}

}  // namespace

std::string to_json(const Law& law, const Trace& trace) {
  const bool show = trace.steps.size() <= kMostStatesShown;
  Json vars = Json::array({"call", "outcome", "branch"});
  for (const Kind& kind : law.kinds) {
    if (show) vars.push_back(kind.name);
  }
  Json first{{"#meta", {{"index", 0}}}, {"call", "start"}, {"outcome", "start"}, {"branch", "start"}};
  write_objects(law, trace.start, first);
  Json states = Json::array({std::move(first)});
  const Model model(law);
  State state = trace.start;
  for (const TraceStep& step : trace.steps) {
    const Rule& rule = law.rules[step.call.rule];
    Json next{{"#meta", {{"index", states.size()}}},
              {"call", call_to_json(law, step.call)},
              {"outcome", outcome_to_json(law, rule, step.outcome)},
              {"branch", branch_id(rule, step.branch)}};
    if (show) {
      follow(model, state, step);
      write_objects(law, state, next);
    }
    states.push_back(std::move(next));
  }
  const Json document{{"#meta",
                       {{"format", "ITF"},
                        {"format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"},
                        {"version", 1},
                        {"law", trace.law},
                        {"note", trace.note}}},
                      {"vars", std::move(vars)},
                      {"states", std::move(states)}};
  return document.dump(1) + "\n";
}

Trace trace_from_json(const Law& law, std::string_view text) {
  std::string where = "the document";
  try {
    const Json document = Json::parse(text);
    Trace trace;
    where = "#meta";
    trace.law = document.at("#meta").at("law").get<std::string>();
    trace.note = document.at("#meta").at("note").get<std::string>();
    where = "states";
    const Json& states = document.at("states");
    if (!states.is_array()) throw TraceError("not a list");
    where = "state 0";
    trace.start = read_objects(law, states.at(0));
    for (std::size_t index = 1; index < states.size(); ++index) {
      where = fmt::format("state {}", index);
      TraceStep step;
      step.call = call_from_json(law, states.at(index).at("call"));
      const Rule& rule = law.rules[step.call.rule];
      step.outcome = outcome_from_json(law, rule, states.at(index).at("outcome"));
      step.branch = branch_from_json(rule, states.at(index).at("branch"));
      trace.steps.push_back(std::move(step));
    }
    return trace;
  } catch (const Json::exception& error) {
    throw TraceError(fmt::format("no trace of this law: {}: {}", where, error.what()));
  } catch (const TraceError& error) {
    throw TraceError(fmt::format("no trace of this law: {}: {}", where, error.what()));
  }
}

}  // namespace iolaw
