// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/shrink.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "checker/concurrent/leeway.hpp"

namespace iolaw::concurrent {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMostRuns = 4'000;  // of one scenario

class Shrinker {
 public:
  Shrinker(const Model& model, Arena& arena, Found& found, double seconds, QuickRandom& random)
      : model_(model), arena_(arena), found_(found), random_(random), end_(Clock::now() + to_duration(seconds)) {}

  void run() {
    // How often it happens says how often a smaller one must be tried.
    expected_ = runs_of(found_.scenario).value_or(kMostRuns);
    bool smaller = true;
    while (smaller && Clock::now() < end_) {
      smaller = false;
      for (std::size_t thread = 0; thread < found_.scenario.threads.size(); ++thread) {
        for (std::size_t step = found_.scenario.threads[thread].size(); step-- > 0;)
          smaller = keeps(without_thread_step(found_.scenario, thread, step)) || smaller;
      }
      for (std::size_t step = found_.scenario.prefix.size(); step-- > 0;)
        smaller = keeps(without_prefix_step(found_.scenario, step)) || smaller;
    }
    found_.runs = expected_;
    found_.history = trimmed(model_, found_.history);
    found_.judgement = judge(model_, found_.history);
  }

 private:
  static Clock::duration to_duration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  // How many runs it took to fail; the history that did is kept.
  std::optional<std::uint64_t> runs_of(const Scenario& scenario) {
    const std::uint64_t most = std::min(kMostRuns, 20 * expected_ + 50);
    for (std::uint64_t run = 1; run <= most && Clock::now() < end_; ++run) {
      ++found_.shrunk;
      const bool began = arena_.begin(scenario.prefix);
      if (!began && arena_.unusable()) return std::nullopt;
      if (began) arena_.race(scenario.threads, random_);
      if (!arena_.differs()) continue;
      Judgement judgement = arena_.judgement();
      if (judgement.verdict != Judgement::Verdict::differs) continue;
      found_.history = arena_.history();
      found_.judgement = std::move(judgement);
      return run;
    }
    return std::nullopt;
  }

  bool keeps(const Scenario& scenario) {
    const std::optional<std::uint64_t> runs = runs_of(scenario);
    if (!runs) return false;
    found_.scenario = scenario;
    expected_ = (expected_ + *runs + 1) / 2;
    return true;
  }

  const Model& model_;
  Arena& arena_;
  Found& found_;
  QuickRandom& random_;
  const Clock::time_point end_;
  std::uint64_t expected_ = kMostRuns;
};

std::string step_text(const Law& law, const SequenceStep& step, std::size_t prefix, std::size_t thread) {
  const Rule& rule = law.rules[step.rule];
  std::string text = rule.name + "(";
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    const Argument& argument = step.arguments[i];
    Type type = rule.parameters[i].type;
    type.maybe = false;
    if (i > 0) text += ", ";
    text += rule.parameters[i].name + " = ";
    if (type.tag != TypeTag::reference) {
      text += to_string(law, type, &argument.word);
    } else if (argument.step == Argument::kNoStep) {
      text += "none";
    } else if (const auto from = static_cast<std::size_t>(argument.step); from < prefix) {
      text += fmt::format("what call {} gave", from + 1);
    } else {
      text += fmt::format("what call {}.{} gave", thread, from - prefix + 1);
    }
  }
  return text + ")";
}

}  // namespace

History trimmed(const Model& model, const History& history) {
  Judgement judgement = judge(model, history);
  if (!judgement.at) return history;
  History shorter = history;
  const std::uint64_t end = history.calls[*judgement.at].returned;
  std::erase_if(shorter.calls, [end](const RecordedCall& call) { return call.invoked > end; });
  for (std::size_t i = shorter.calls.size(); i-- > 0;) {
    if (has_effect(model.law().rules[shorter.calls[i].rule]) || shorter.calls[i].returned == end) continue;
    History without = shorter;
    without.calls.erase(without.calls.begin() + static_cast<std::ptrdiff_t>(i));
    if (judge(model, without).verdict == Judgement::Verdict::differs) shorter = std::move(without);
  }
  return judge(model, shorter).verdict == judgement.verdict ? shorter : history;
}

void shrink(const Model& model, Arena& arena, Found& found, double seconds, QuickRandom& random) {
  Shrinker(model, arena, found, seconds, random).run();
}

std::string to_text(const Law& law, const Scenario& scenario) {
  std::string text;
  for (std::size_t i = 0; i < scenario.prefix.size(); ++i)
    text += fmt::format("{}. {}\n", i + 1, step_text(law, scenario.prefix[i], scenario.prefix.size(), 0));
  for (std::size_t thread = 0; thread < scenario.threads.size(); ++thread) {
    text += fmt::format("thread {}:\n", thread + 1);
    const Sequence& calls = scenario.threads[thread];
    for (std::size_t i = 0; i < calls.size(); ++i)
      text +=
          fmt::format("  {}.{}. {}\n", thread + 1, i + 1, step_text(law, calls[i], scenario.prefix.size(), thread + 1));
  }
  return text;
}

}  // namespace iolaw::concurrent
