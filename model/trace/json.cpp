// SPDX-License-Identifier: Apache-2.0
// The JSON form of a trace, compatible with the Informal Trace Format (Apalache, "ITF traces"):
//   "#meta"   format, law, note, and the view of the law (profile, linux) where it has several
//   "vars"    what every state has: call, outcome, branch, and one variable for each kind of object
//   "states"  the start, then one state after each call
// Numbers are {"#bigint": "…"} in decimal, flag sets {"#set": […]}, kinds {"#map": [["area0", {…}], …]}.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
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

// In what follows `where` says which part of the document is being read: "states[3].call.arguments.length".
State read_objects(const Law& law, const Json& in, std::string& where) {
  State state(law);
  const std::string here = where;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Type reference{TypeTag::reference, false, kind};
    where = here + "." + law.kinds[kind].name;
    // Of a kind that is not shown none lives: the law may have got it after the trace was saved.
    if (in.is_object() && !in.contains(law.kinds[kind].name)) continue;
    const Json& objects = in.at(law.kinds[kind].name).at("#map");
    if (!objects.is_array()) throw TraceError("not a list");
    for (std::size_t index = 0; index < objects.size(); ++index) {
      const std::string entry = fmt::format("{}.{}.#map[{}]", here, law.kinds[kind].name, index);
      where = entry;
      Word object = kNone;
      value_from_json(law, reference, objects[index].at(0), &object);
      if (object == kNone) throw TraceError(fmt::format("{} is no object", objects[index].at(0).dump()));
      state.set_lives(kind, object, true);
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Field& declared = law.kinds[kind].fields[field];
        where = entry + "." + declared.name;
        value_from_json(law, declared.type, objects[index].at(1).at(declared.name), state.field(kind, object, field));
      }
    }
  }
  return state;
}

Call call_from_json(const Law& law, const Json& in, std::string& where) {
  const auto name = in.at("rule").get<std::string>();
  const Rule* rule = law.find_rule(name);
  if (rule == nullptr) throw TraceError(fmt::format("the law has no rule {}", name));
  Call call{static_cast<std::uint32_t>(rule - law.rules.data()), {}};
  const Json& arguments = in.at("arguments");
  if (arguments.size() != rule->parameters.size()) {
    throw TraceError(fmt::format("{} has {} parameters", name, rule->parameters.size()));
  }
  const std::string here = where;
  for (const Parameter& parameter : rule->parameters) {
    Word words[2] = {0, 0};
    where = here + ".arguments." + parameter.name;
    value_from_json(law, parameter.type, arguments.at(parameter.name), words);
    call.arguments.push_back(words[0]);
  }
  return call;
}

Outcome outcome_from_json(const Law& law, const Rule& rule, const Json& in, std::string& where) {
  Outcome outcome;
  const auto error = in.at("error").get<std::string>();
  if (error != "ok") {
    outcome.error = error_from_name(error);
    return outcome;
  }
  const Json& results = in.at("results");
  const std::string here = where;
  if (results.size() > rule.results.size()) throw TraceError(rule.name + " has fewer results");
  for (std::size_t which = 0; which < results.size(); ++which) {
    const Result& declared = rule.results[which];
    where = here + ".results." + declared.name;
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

// The rest of what nlohmann says is about its own types.
std::string reason_of(const Json::exception& error) {
  const std::string_view text = error.what();
  const std::size_t end = text.find("] ");
  return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

// Reads with `read(document, where)`; what goes wrong becomes a TraceError that says where.
template <typename Read>
void read_document(std::string_view text, Read read) {
  std::string where = "the document";
  try {
    read(Json::parse(text), where);
  } catch (const Json::exception& error) {
    throw TraceError(fmt::format("no trace of this law: {}: {}", where, reason_of(error)));
  } catch (const TraceError& error) {
    throw TraceError(fmt::format("no trace of this law: {}: {}", where, error.what()));
  }
}

const Json& states_of(const Json& document, std::string& where) {
  where = "states";
  const Json& states = document.at("states");
  if (!states.is_array()) throw TraceError("not a list");
  if (states.empty()) throw TraceError("there is no start");
  return states;
}

}  // namespace

Json call_to_json(const Law& law, const Call& call) {
  const Rule& rule = law.rules[call.rule];
  Json arguments = Json::object();
  for (std::size_t which = 0; which < rule.parameters.size(); ++which) {
    arguments[rule.parameters[which].name] = value_to_json(law, rule.parameters[which].type, &call.arguments[which]);
  }
  return Json{{"rule", rule.name}, {"arguments", std::move(arguments)}};
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

bool follow(const Model& model, State& state, const TraceStep& step) {
  try {
    for (Allowed& allowed : model.allowed(state, step.call, &step.outcome)) {
      if (allowed.outcome != step.outcome) continue;
      state = std::move(allowed.next);
      return true;
    }
  } catch (const EvaluationError&) {
    // The trace was kept because of it: the law has no value here.
  }
  return false;
}

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
      follow(model, state, step);  // stays where the law does not allow the outcome
      write_objects(law, state, next);
    }
    states.push_back(std::move(next));
  }
  Json meta{{"format", "ITF"},
            {"format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"},
            {"version", 1},
            {"law", trace.law},
            {"note", trace.note}};
  if (law.profile) meta["profile"] = law.profiles[*law.profile].name;
  if (law.version) meta["linux"] = fmt::format("{}.{}", law.version->major, law.version->minor);
  const Json document{{"#meta", std::move(meta)}, {"vars", std::move(vars)}, {"states", std::move(states)}};
  return document.dump(1) + "\n";
}

Trace trace_from_json(const Law& law, std::string_view text) {
  Trace trace;
  read_document(text, [&](const Json& document, std::string& where) {
    where = "#meta";
    trace.law = document.at("#meta").at("law").get<std::string>();
    trace.note = document.at("#meta").at("note").get<std::string>();
    const Json& states = states_of(document, where);
    where = "states[0]";
    trace.start = read_objects(law, states.at(0), where);
    for (std::size_t index = 1; index < states.size(); ++index) {
      const std::string here = fmt::format("states[{}]", index);
      TraceStep step;
      where = here + ".call";
      step.call = call_from_json(law, states.at(index).at("call"), where);
      const Rule& rule = law.rules[step.call.rule];
      where = here + ".outcome";
      step.outcome = outcome_from_json(law, rule, states.at(index).at("outcome"), where);
      where = here + ".branch";
      step.branch = branch_from_json(rule, states.at(index).at("branch"));
      trace.steps.push_back(std::move(step));
    }
  });
  return trace;
}

TraceOrigin origin_of_trace(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("#meta")) return {};
  const Json& meta = document["#meta"];
  const auto string = [&](const char* name) {
    return meta.is_object() && meta.contains(name) && meta[name].is_string() ? meta[name].get<std::string>() : "";
  };
  TraceOrigin origin{string("law"), {string("profile"), std::nullopt}};
  const std::string version = string("linux");
  Version read;
  char rest = 0;
  if (std::sscanf(version.c_str(), "%9u.%9u%c", &read.major, &read.minor, &rest) == 2) origin.view.version = read;
  return origin;
}

std::vector<State> shown_states(const Law& law, std::string_view text) {
  std::vector<State> shown;
  read_document(text, [&](const Json& document, std::string& where) {
    const Json& states = states_of(document, where);
    const auto shows = [&](const Json& state) {
      return std::any_of(law.kinds.begin(), law.kinds.end(),
                         [&](const Kind& kind) { return state.is_object() && state.contains(kind.name); });
    };
    for (std::size_t index = 0; index < states.size(); ++index) {
      if (index > 0 && !shows(states[index])) break;
      where = fmt::format("states[{}]", index);
      shown.push_back(read_objects(law, states[index], where));
    }
    if (shown.size() != states.size()) shown.clear();
  });
  return shown;
}

}  // namespace iolaw
