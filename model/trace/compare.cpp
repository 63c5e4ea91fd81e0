// SPDX-License-Identifier: Apache-2.0
#include "model/trace/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "model/trace/json_values.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

bool same_step(const TraceStep& a, const TraceStep& b) {
  return a.call == b.call && a.outcome == b.outcome && a.branch == b.branch;
}

void move_on(const Model& model, const ShownTrace& trace, std::size_t step, State& state) {
  if (trace.states.empty()) {
    follow(model, state, trace.trace.steps[step]);
  } else {
    state = trace.states[step + 1];
  }
}

// One place where two states differ: an object that lives in one of them, or a field of one that lives in both.
struct Spot {
  std::uint32_t kind = 0;
  Word object = 0;
  std::optional<std::uint32_t> field;
};

std::vector<Spot> spots(const Law& law, const State& a, const State& b) {
  std::vector<Spot> found;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const Word slots = std::max(a.slots(kind), b.slots(kind));
    for (Word object = 0; object < slots; ++object) {
      if (a.lives(kind, object) != b.lives(kind, object)) found.push_back({kind, object, std::nullopt});
      if (!a.lives(kind, object) || !b.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
        const Word* words = a.field(kind, object, field);
        const std::uint32_t size = words_of(law.kinds[kind].fields[field].type);
        if (!std::equal(words, words + size, b.field(kind, object, field))) found.push_back({kind, object, field});
      }
    }
  }
  return found;
}

std::string name_of(const Law& law, const Spot& spot) {
  return to_string(law, Type{TypeTag::reference, false, spot.kind}, &spot.object);
}

// A line of the table; an empty cell is shown as `-`.
struct Row {
  std::string name, a, b;
  bool differs = false;
};

Row row(std::string name, std::string a, std::string b) {
  const bool differs = a != b;
  return {std::move(name), std::move(a), std::move(b), differs};
}

void add_call(const Law& law, const Parting& parting, std::vector<Row>& rows) {
  const auto rule_of = [&](const std::optional<TraceStep>& step) {
    return step ? law.rules[step->call.rule].name : "(the trace ends)";
  };
  rows.push_back(row("call", rule_of(parting.a), rule_of(parting.b)));
  // Arguments pair by name: other rules may have some of them too.
  std::vector<Row> arguments;
  const auto add = [&](const std::optional<TraceStep>& step, std::string Row::*cell) {
    if (!step) return;
    const std::vector<Parameter>& parameters = law.rules[step->call.rule].parameters;
    for (std::size_t which = 0; which < parameters.size(); ++which) {
      const std::string name = "  " + parameters[which].name;
      auto found = std::find_if(arguments.begin(), arguments.end(), [&](const Row& one) { return one.name == name; });
      if (found == arguments.end()) found = arguments.insert(arguments.end(), Row{name, {}, {}});
      (*found).*cell = to_string(law, parameters[which].type, &step->call.arguments[which]);
    }
  };
  add(parting.a, &Row::a);
  add(parting.b, &Row::b);
  for (Row& one : arguments) rows.push_back(row(one.name, one.a, one.b));
}

std::string outcome_of(const Law& law, const std::optional<TraceStep>& step) {
  if (!step) return {};
  std::string text = to_string(law, step->call, step->outcome, step->branch);
  // A failure names its branch, a success does not: where the law gave another answer than this one, say which.
  if (step->outcome.error == 0 && step->branch != kSuccess) {
    text += fmt::format(" ({})", branch_id(law.rules[step->call.rule], step->branch));
  }
  return text;
}

void add_state(const Law& law, const Parting& parting, std::vector<Row>& rows) {
  for (const Spot& spot : spots(law, parting.state_a, parting.state_b)) {
    const Kind& kind = law.kinds[spot.kind];
    const auto value = [&](const State& state, std::uint32_t field) {
      if (!state.lives(spot.kind, spot.object)) return std::string();
      return to_string(law, kind.fields[field].type, state.field(spot.kind, spot.object, field));
    };
    if (spot.field) {
      rows.push_back(row(name_of(law, spot) + "." + kind.fields[*spot.field].name, value(parting.state_a, *spot.field),
                         value(parting.state_b, *spot.field)));
      continue;
    }
    const auto lives = [&](const State& state) { return state.lives(spot.kind, spot.object) ? "lives" : ""; };
    rows.push_back(row(name_of(law, spot), lives(parting.state_a), lives(parting.state_b)));
    for (std::uint32_t field = 0; field < kind.fields.size(); ++field) {
      rows.push_back(row("  " + kind.fields[field].name, value(parting.state_a, field), value(parting.state_b, field)));
    }
  }
}

Json step_to_json(const Law& law, const std::optional<TraceStep>& step) {
  if (!step) return nullptr;
  const Rule& rule = law.rules[step->call.rule];
  return {{"call", call_to_json(law, step->call)},
          {"outcome", outcome_to_json(law, rule, step->outcome)},
          {"branch", branch_id(rule, step->branch)}};
}

}  // namespace

std::optional<Parting> compare(const Model& model, const ShownTrace& a, const ShownTrace& b) {
  const std::vector<TraceStep>& steps_a = a.trace.steps;
  const std::vector<TraceStep>& steps_b = b.trace.steps;
  Parting parting{0, {}, {}, a.trace.start, b.trace.start};
  if (!(parting.state_a == parting.state_b)) return parting;
  const std::size_t last = std::max(steps_a.size(), steps_b.size());
  for (std::size_t step = 0; step < last; ++step) {
    parting.step = step + 1;
    const bool in_a = step < steps_a.size();
    const bool in_b = step < steps_b.size();
    if (in_a) move_on(model, a, step, parting.state_a);
    if (in_b) move_on(model, b, step, parting.state_b);
    if (in_a && in_b && same_step(steps_a[step], steps_b[step]) && parting.state_a == parting.state_b) continue;
    if (in_a) parting.a = steps_a[step];
    if (in_b) parting.b = steps_b[step];
    return parting;
  }
  return std::nullopt;
}

std::string to_text(const Law& law, const Parting& parting) {
  std::vector<Row> rows;
  if (parting.step > 0) {
    add_call(law, parting, rows);
    rows.push_back(row("outcome", outcome_of(law, parting.a), outcome_of(law, parting.b)));
  }
  add_state(law, parting, rows);
  std::size_t names = 0;
  std::size_t cells = 1;
  for (const Row& one : rows) {
    names = std::max(names, one.name.size());
    cells = std::max(cells, one.a.size());
  }
  std::string text = fmt::format("  {:<{}}  {:<{}}  B\n", "", names, "A", cells);
  for (const Row& one : rows) {
    fmt::format_to(std::back_inserter(text), "{} {:<{}}  {:<{}}  {}\n", one.differs ? '*' : ' ', one.name, names,
                   one.a.empty() ? "-" : one.a, cells, one.b.empty() ? "-" : one.b);
  }
  return text;
}

Json to_json(const Law& law, const Parting& parting) {
  Json differs = Json::array();
  const std::optional<TraceStep>& a = parting.a;
  const std::optional<TraceStep>& b = parting.b;
  if (a.has_value() != b.has_value()) differs.push_back("length");
  if (a && b) {
    if (a->call.rule != b->call.rule) differs.push_back("call");
    if (a->call.rule == b->call.rule && a->call != b->call) differs.push_back("arguments");
    if (a->outcome != b->outcome) differs.push_back("outcome");
    if (a->branch != b->branch || a->call.rule != b->call.rule) differs.push_back("branch");
  }
  Json state = Json::array();
  for (const Spot& spot : spots(law, parting.state_a, parting.state_b)) {
    Json entry{{"object", name_of(law, spot)}};
    if (spot.field) {
      const Field& field = law.kinds[spot.kind].fields[*spot.field];
      entry["field"] = field.name;
      entry["a"] = value_to_json(law, field.type, parting.state_a.field(spot.kind, spot.object, *spot.field));
      entry["b"] = value_to_json(law, field.type, parting.state_b.field(spot.kind, spot.object, *spot.field));
    } else {
      entry["a"] = parting.state_a.lives(spot.kind, spot.object);
      entry["b"] = parting.state_b.lives(spot.kind, spot.object);
    }
    state.push_back(std::move(entry));
  }
  if (!state.empty()) differs.push_back("state");
  return {{"parts_at", parting.step},
          {"differs", std::move(differs)},
          {"a", step_to_json(law, a)},
          {"b", step_to_json(law, b)},
          {"state", std::move(state)}};
}

}  // namespace iolaw
