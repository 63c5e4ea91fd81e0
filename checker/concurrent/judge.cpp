// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/judge.hpp"

#include <algorithm>

namespace iolaw::concurrent {
namespace {

bool destroys(const Rule& rule) {
  const auto ends = [](const std::vector<Effect>& effects) {
    return std::any_of(effects.begin(), effects.end(), [](const Effect& effect) {
      return effect.tag == Effect::Tag::destroy || effect.tag == Effect::Tag::destroy_all;
    });
  };
  return ends(rule.effects) ||
         std::any_of(rule.eaches.begin(), rule.eaches.end(), [&](const Each& each) { return ends(each.effects); });
}

// Whether a call may have ended what has the handle: it names it, or it destroys what that may live in.
bool may_end(const Law& law, const RecordedCall& call, std::uint32_t kind, std::uint64_t handle) {
  if (call.error != 0 || !destroys(law.rules[call.rule])) return false;
  if (law.kinds[kind].parent) return true;
  return std::find(call.arguments.begin(), call.arguments.end(), handle) != call.arguments.end();
}

// Whether a call took a handle by its number, and what had it may have ended before: then another call, which made
// something or attached something, may have got the number. A call that succeeded did not take what it made itself.
bool is_ambiguous(const Law& law, const History& history) {
  const auto meanwhile = [&](const RecordedCall& end, const RecordedCall& call) {
    return std::any_of(history.calls.begin(), history.calls.end(), [&](const RecordedCall& made) {
      if (made.thread == 0 || &made == &end || (&made == &call && call.error == 0)) return false;
      return made.invoked < call.returned && made.returned > end.invoked;
    });
  };
  for (const RecordedCall& call : history.calls) {
    if (!call.by_number) continue;
    const Rule& rule = law.rules[call.rule];
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const Type& type = rule.parameters[i].type;
      if (type.tag != TypeTag::reference || call.arguments[i] == kNoHandle) continue;
      for (const RecordedCall& end : history.calls) {
        if (&end == &call || end.invoked > call.returned || !may_end(law, end, type.id, call.arguments[i])) continue;
        if (meanwhile(end, call)) return true;
      }
    }
  }
  return false;
}

}  // namespace

Judgement judgement(const Model& model, const History& history, const Frontier& frontier,
                    std::optional<std::uint32_t> at) {
  Judgement result;
  result.configurations = frontier.visited();
  result.order = frontier.configurations().front().order;
  result.leeways = static_cast<std::uint32_t>(
      std::count_if(result.order.begin(), result.order.end(), [](const Effected& effect) { return effect.leeway; }));
  result.at = at;
  if (at) {
    result.before = frontier.configurations();
    result.verdict = Judgement::Verdict::differs;
    if (frontier.silent()) {
      result.verdict = Judgement::Verdict::undecided;
      result.why = "in some order the law does not say what a call does";
    } else if (is_ambiguous(model.law(), history)) {
      result.verdict = Judgement::Verdict::undecided;
      result.why = "a number was given out again, and a call may have taken it for what it named before";
    }
  } else if (!history.left.empty()) {
    result.verdict = Judgement::Verdict::differs;
  }
  return result;
}

Judgement judge(const Model& model, const History& history) {
  Frontier frontier(model, history);
  const std::optional<std::uint32_t> at = frontier.feed();
  return judgement(model, history, frontier, at);
}

}  // namespace iolaw::concurrent
