// SPDX-License-Identifier: Apache-2.0
// A history for people: the calls of one thread below each other, those of another beside them, as time went by.
#include <fmt/core.h>

#include <algorithm>

#include "checker/concurrent/judge.hpp"

namespace iolaw::concurrent {
namespace {

constexpr std::size_t kMostOrders = 3;

std::string value_text(const Law& law, const Type& type, std::uint64_t word) {
  if (type.tag == TypeTag::reference) {
    std::string kind = law.kinds[type.id].name;
    return word == kNoHandle ? "none" : fmt::format("{} {:#x}", kind, word);
  }
  Type plain = type;
  plain.maybe = false;
  return to_string(law, plain, &word);
}

std::string call_text(const Law& law, const RecordedCall& call) {
  const Rule& rule = law.rules[call.rule];
  std::string text = rule.name + "(";
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) text += ", ";
    const Type& type = rule.parameters[i].type;
    if (type.tag != TypeTag::reference) text += rule.parameters[i].name + " = ";
    text += value_text(law, type, call.arguments[i]);
  }
  return text + ")";
}

std::string answer_text(const Law& law, const RecordedCall& call) {
  if (call.error != 0) return errno_name(call.error);
  const Rule& rule = law.rules[call.rule];
  std::string text = "ok";
  for (std::size_t i = 0; i < call.results.size() && i < rule.results.size(); ++i) {
    text += ", " + rule.results[i].name + " = ";
    text += call.results[i] ? value_text(law, rule.results[i].type, *call.results[i]) : "none";
  }
  return text;
}

// The calls of threads, whose beginnings and ends are events, from a call on that nobody's else overlaps.
std::string race_text(const Law& law, const History& history, std::size_t first, std::size_t end) {
  struct Event {
    std::uint64_t time;
    std::size_t call;
    bool ends;
  };
  std::vector<Event> events;
  std::uint32_t threads = 1;
  for (std::size_t i = first; i < end; ++i) {
    events.push_back({history.calls[i].invoked, i, false});
    events.push_back({history.calls[i].returned, i, true});
    threads = std::max(threads, history.calls[i].thread);
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  std::vector<bool> runs(threads + 1, false);
  std::string text = "at once, by thread:\n";
  for (const Event& event : events) {
    const RecordedCall& call = history.calls[event.call];
    std::string line = "  ";
    for (std::uint32_t thread = 1; thread <= threads; ++thread) {
      const bool own = thread == call.thread;
      line += own ? (event.ends ? "└ " : "┌ ") : runs[thread] ? "│ " : "  ";
    }
    runs[call.thread] = !event.ends;
    line += event.ends ? fmt::format("{}. → {}", event.call + 1, answer_text(law, call))
                       : fmt::format("{}. {}", event.call + 1, call_text(law, call));
    text += line + "\n";
  }
  return text;
}

std::string order_text(const std::vector<Effected>& order) {
  std::string text;
  for (const Effected& effect : order) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}{}{}", effect.call + 1, effect.last ? "" : " (a piece)",
                        effect.leeway ? " (beside others)" : "");
  }
  return text.empty() ? "nothing" : text;
}

std::string indented(const std::string& text, const char* by) {
  std::string result = by;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) result += by;
  }
  return result;
}

std::string why_text(const Model& model, const Frontier& frontier, const Configuration& at, std::uint32_t index) {
  const Law& law = model.law();
  const Call call = frontier.in_model_terms(at, index);
  const Outcome observed = frontier.outcome_in_model_terms(at, index);
  std::string text;
  for (const Allowed& allowed : model.allowed(at.state, call, &observed))
    text += "    the law allows: " + to_string(law, call, allowed.outcome, allowed.branch) + "\n";
  for (const Reason& reason : model.explain(at.state, call, observed)) text += indented(reason.text, "    ") + "\n";
  return text;
}

}  // namespace

std::string to_text(const Model& model, const History& history, const Judgement& judgement) {
  const Law& law = model.law();
  std::string text;
  for (std::size_t i = 0; i < history.calls.size();) {
    std::size_t end = i;
    while (end < history.calls.size() && history.calls[end].thread != 0) ++end;
    if (end > i) {
      text += race_text(law, history, i, end);
      i = end;
      if (i < history.calls.size()) text += "then:\n";
      continue;
    }
    text += fmt::format("  {}. {} → {}\n", i + 1, call_text(law, history.calls[i]), answer_text(law, history.calls[i]));
    ++i;
  }
  if (judgement.verdict == Judgement::Verdict::linearizable)
    return text + "The law allows this: the calls took effect in the order " + order_text(judgement.order) + ".\n";
  if (!judgement.at) return text + "Everything was closed then, and: " + history.left + ".\n";
  text += fmt::format("No order of these calls explains the answer to call {}, {}.\n", *judgement.at + 1,
                      answer_text(law, history.calls[*judgement.at]));
  if (!judgement.why.empty()) text += "That cannot be held against it: " + judgement.why + ".\n";
  const Frontier frontier(model, history);
  for (std::size_t i = 0; i < std::min(judgement.before.size(), kMostOrders); ++i) {
    const Configuration& before = judgement.before[i];
    text += "  After " + order_text(before.order) + ":\n" + why_text(model, frontier, before, *judgement.at);
  }
  if (judgement.before.size() > kMostOrders)
    text += fmt::format("  (and {} more orders explain what came before)\n", judgement.before.size() - kMostOrders);
  return text;
}

}  // namespace iolaw::concurrent
