// SPDX-License-Identifier: Apache-2.0
// The search names objects as it likes; the evaluator gives new ones the lowest free index. A path is followed by
// choosing, in each state of the evaluator, a call that leads to a state which is the next of the path but for the
// names of objects.
#include <fmt/format.h>

#include <algorithm>

#include "checker/explore/explore.hpp"

namespace iolaw::explore {
namespace {

using iolaw_compiled::Compiled;
using iolaw_compiled::Edge;
using iolaw_compiled::Totals;
using Key = std::vector<Word>;

[[noreturn]] void disagree(const std::string& what) {
  throw std::logic_error(fmt::format("the compiled model and the evaluator disagree: {}", what));
}

class Replay {
 public:
  Replay(const Law& law, const emit::Scope& scope, const Compiled& compiled)
      : law_(law), scope_(scope), compiled_(compiled), model_(law), state_(law) {
    result_.trace.law = law.files.empty() ? "" : law.files.front().path;
    result_.trace.start = state_;
  }

  Counterexample run(const Wrong& wrong);

 private:
  struct Made {
    Call call;
    Key next;
  };

  Key canonical(const Key& key) const {
    Key result(key.size());
    compiled_.canonical(key.data(), result.data());
    return result;
  }
  Key key_of(const State& state) const;
  std::vector<Made> calls_of_state() const;
  bool make(const Call& call, const Key* wanted);
  void advance(const Key& wanted);
  void blame_state(const Property& property);
  void blame_step(const Property& property);
  void blame_defect(const Wrong& wrong);
  bool try_every_call(std::uint32_t rule, Call& call);

  const Law& law_;
  const emit::Scope& scope_;
  const Compiled& compiled_;
  Model model_;
  State state_;
  Counterexample result_;
};

Key Replay::key_of(const State& state) const {
  std::vector<std::uint64_t> live(law_.kinds.size(), 0);
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    for (std::uint32_t object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      if (object >= scope_.objects[kind]) disagree("a state has more objects than the scope");
      live[kind] |= std::uint64_t{1} << object;
    }
  }
  struct Context {
    const Law& law;
    const State& state;
  } context{law_, state};
  Key key(compiled_.key_words);
  compiled_.make(
      live.data(), &context,
      [](void* opaque, std::uint32_t kind, std::uint32_t object, std::uint32_t field, std::uint64_t* words) {
        const auto& from = *static_cast<Context*>(opaque);
        std::copy_n(from.state.field(kind, object, field), words_of(from.law.kinds[kind].fields[field].type), words);
      },
      key.data());
  return key;
}

std::vector<Replay::Made> Replay::calls_of_state() const {
  struct Context {
    const Law& law;
    unsigned words;
    std::vector<Made> calls;
  } context{law_, compiled_.key_words, {}};
  const Key key = key_of(state_);
  compiled_.edges(key.data(), &context, [](void* opaque, const Edge* edge) {
    auto& into = *static_cast<Context*>(opaque);
    Made made;
    made.call.rule = edge->rule;
    const Rule& rule = into.law.rules[edge->rule];
    made.call.arguments.assign(edge->arguments, edge->arguments + rule.parameters.size());
    made.next.assign(edge->key, edge->key + into.words);
    into.calls.push_back(std::move(made));
    return true;
  });
  return context.calls;
}

// Makes the call if it leads to `wanted`, but for the names of objects.
bool Replay::make(const Call& call, const Key* wanted) {
  State next = state_;
  TraceStep step{call, {}, kSuccess};
  const std::optional<std::uint32_t> branch = model_.step(next, call, step.outcome);
  if (!branch) return false;
  if (wanted != nullptr && canonical(key_of(next)) != *wanted) return false;
  step.branch = *branch;
  result_.trace.steps.push_back(std::move(step));
  state_ = std::move(next);
  return true;
}

void Replay::advance(const Key& target) {
  const Key wanted = canonical(target);
  for (const Made& made : calls_of_state()) {
    if (canonical(made.next) == wanted && make(made.call, &wanted)) return;
  }
  disagree(fmt::format("no call of step {} leads on", result_.trace.steps.size() + 1));
}

void Replay::blame_state(const Property& property) {
  result_.trace.note = fmt::format("breaks {}", property.name);
  if (model_.holds(property, state_)) disagree(fmt::format("{} holds after all", property.name));
  result_.reasons = model_.blame(property, state_);
}

void Replay::blame_step(const Property& property) {
  result_.trace.note = fmt::format("breaks {}", property.name);
  const State before = state_;
  for (const Made& made : calls_of_state()) {
    if (!make(made.call, nullptr)) continue;
    const Call& call = result_.trace.steps.back().call;
    const bool concerned =
        property.on.empty() || std::find(property.on.begin(), property.on.end(), call.rule) != property.on.end();
    if (concerned && !model_.holds(property, before, &state_, &call)) {
      result_.reasons = model_.blame(property, before, &state_, &call);
      return;
    }
    result_.trace.steps.pop_back();
    state_ = before;
  }
  disagree(fmt::format("{} holds after all", property.name));
}

// Tries the calls of a rule from the argument `call` has next; true when one has no value.
bool Replay::try_every_call(std::uint32_t rule, Call& call) {
  const std::size_t parameter = call.arguments.size();
  if (parameter == law_.rules[rule].parameters.size()) {
    State next = state_;
    Outcome outcome;
    try {
      model_.step(next, call, outcome);
    } catch (const EvaluationError& error) {
      result_.reasons.push_back(Reason{fmt::format("{}: {}", to_string(law_, call), error.what()), error.span});
      return true;
    }
    return false;
  }
  const Type& type = law_.rules[rule].parameters[parameter].type;
  std::vector<Word> values = scope_.arguments[rule][parameter];
  if (type.tag == TypeTag::reference) {
    for (Word object = 0; object < scope_.objects[type.id] + (scope_.bad_handles ? 1U : 0U); ++object)
      values.push_back(object);
  }
  for (const Word value : values) {
    call.arguments.push_back(value);
    if (try_every_call(rule, call)) return true;
    call.arguments.pop_back();
  }
  return false;
}

void Replay::blame_defect(const Wrong& wrong) {
  const iolaw_compiled::Place& place = compiled_.places[wrong.site];
  result_.trace.note = fmt::format("meets an expression without a value: {}", place.what);
  for (const Property& property : law_.properties) {
    if (property.tag == Property::Tag::step) continue;
    try {
      model_.holds(property, state_);
    } catch (const EvaluationError& error) {
      result_.reasons.push_back(Reason{fmt::format("{}: {}", property.name, error.what()), error.span});
      return;
    }
  }
  for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
    Call call{rule, {}};
    if (!law_.rules[rule].probe && try_every_call(rule, call)) return;
  }
  // What is left are laws of transitions.
  const State before = state_;
  for (const Made& made : calls_of_state()) {
    if (!make(made.call, nullptr)) continue;
    for (const Property& property : law_.properties) {
      if (property.tag != Property::Tag::step) continue;
      try {
        model_.holds(property, before, &state_, &made.call);
      } catch (const EvaluationError& error) {
        result_.reasons.push_back(Reason{fmt::format("{}: {}", property.name, error.what()), error.span});
        return;
      }
    }
    result_.trace.steps.pop_back();
    state_ = before;
  }
  disagree(fmt::format("everything has a value after all ({})", place.what));
}

Counterexample Replay::run(const Wrong& wrong) {
  Key initial(compiled_.key_words);
  compiled_.initial(initial.data());
  if (wrong.path.empty() || wrong.path.front() != initial)
    throw std::logic_error("the path of the search does not begin at the start");
  for (std::size_t at = 1; at < wrong.path.size(); ++at) advance(wrong.path[at]);
  switch (wrong.what) {
    case Totals::kInvariant:
      blame_state(law_.properties[wrong.property]);
      break;
    case Totals::kStep:
      blame_step(law_.properties[wrong.property]);
      break;
    default:
      blame_defect(wrong);
      break;
  }
  return std::move(result_);
}

}  // namespace

Counterexample replay(const Law& law, const emit::Scope& scope, const Compiled& compiled, const Wrong& wrong) {
  return Replay(law, scope, compiled).run(wrong);
}

}  // namespace iolaw::explore
