// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/scenario.hpp"

#include <algorithm>

#include "checker/concurrent/leeway.hpp"

namespace iolaw::concurrent {
namespace {

constexpr std::uint64_t kShortest = 2;  // calls of a thread
constexpr std::uint64_t kLongest = 6;
constexpr int kTries = 4;                // at arguments that make a call end as it should
constexpr int kRivals = 16;              // calls that are tried for one that another one gets in the way of
constexpr int kPrefixes = 8;             // that are drawn for one that is taken
constexpr std::uint64_t kRefusals = 16;  // after so many, and no call made, a rule is not tried any more

// References to step `gone` become none, later steps move down.
void drop(std::vector<SequenceStep>& steps, std::int32_t gone) {
  for (SequenceStep& step : steps) {
    for (Argument& argument : step.arguments) {
      if (argument.step == gone) {
        argument = {kNone, Argument::kNoStep, 0};
      } else if (argument.step > gone) {
        --argument.step;
      }
    }
  }
}

}  // namespace

std::size_t Scenario::calls() const {
  std::size_t sum = 0;
  for (const Sequence& thread : threads) sum += thread.size();
  return sum;
}

Scenario without_prefix_step(const Scenario& scenario, std::size_t step) {
  Scenario smaller = scenario;
  smaller.prefix = without_steps(scenario.prefix, step, step + 1);
  for (Sequence& thread : smaller.threads) drop(thread, static_cast<std::int32_t>(step));
  return smaller;
}

Scenario without_thread_step(const Scenario& scenario, std::size_t thread, std::size_t step) {
  Scenario smaller = scenario;
  Sequence& calls = smaller.threads[thread];
  calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(step));
  drop(calls, static_cast<std::int32_t>(scenario.prefix.size() + step));
  return smaller;
}

ScenarioDrawer::ScenarioDrawer(const Model& model, std::vector<Start> starts, const Port& port)
    : model_(model), drawer_(model.law()), situation_(model.law()), topics_(model.law()), starts_(std::move(starts)) {
  QuickRandom random(1);
  for (const Start& start : starts_) {
    for (const SequenceStep& step : start.history) drawer_.learn(step, random);
  }
  starts_.push_back({});
  uses_.assign(starts_.size(), 0);
  support_.resize(model.law().rules.size());
  for (std::uint32_t rule = 0; rule < model.law().rules.size(); ++rule) {
    const std::string& name = model.law().rules[rule].name;
    if (model.law().rules[rule].probe) continue;
    if (port.serves_one_thread(name)) {
      of_one_thread_.push_back(name);
    } else {
      all_rules_.push_back(rule);
    }
  }
}

bool ScenarioDrawer::hopeless(std::uint32_t rule) const {
  return support_[rule].made == 0 && support_[rule].refused >= kRefusals;
}

void ScenarioDrawer::refused(std::uint32_t rule, const std::string& note) {
  ++support_[rule].refused;
  support_[rule].note = note;
}

std::vector<std::string> ScenarioDrawer::left_out() const {
  std::vector<std::string> lines;
  for (const std::uint32_t rule : all_rules_) {
    if (!hopeless(rule)) continue;
    lines.push_back(model_.law().rules[rule].name + ": " + support_[rule].note);
  }
  return lines;
}

const Sequence& ScenarioDrawer::prefix(QuickRandom& random) {
  last_ = random() % starts_.size();
  for (int i = 1; i < kPrefixes; ++i) {
    const std::size_t other = random() % starts_.size();
    if (uses_[other] < uses_[last_]) last_ = other;
  }
  ++uses_[last_];
  return starts_[last_].history;
}

// Drops calls that take away what a call of another thread looks at twice.
void keep_apart(const Law& law, std::size_t prefix, std::vector<Sequence>& threads) {
  for (const Apart& apart : kept_apart()) {
    for (std::size_t one = 0; one < threads.size(); ++one) {
      const bool looks = std::any_of(threads[one].begin(), threads[one].end(), [&](const SequenceStep& step) {
        return matches(law.rules[step.rule].name, apart.looked_up);
      });
      for (std::size_t other = 0; looks && other < threads.size(); ++other) {
        if (other == one) continue;
        for (std::size_t step = threads[other].size(); step-- > 0;) {
          if (!matches(law.rules[threads[other][step].rule].name, apart.takes_away)) continue;
          threads[other].erase(threads[other].begin() + static_cast<std::ptrdiff_t>(step));
          drop(threads[other], static_cast<std::int32_t>(prefix + step));
        }
      }
    }
  }
}

// The rules with a parameter of a kind that `first` has one of.
std::vector<std::uint32_t> ScenarioDrawer::related(std::uint32_t first, const std::vector<std::uint32_t>& rules) const {
  std::vector<std::uint32_t> all;
  for (const std::uint32_t rule : rules) {
    const auto shares = [&](const Parameter& parameter) {
      return parameter.type.tag == TypeTag::reference &&
             std::any_of(model_.law().rules[first].parameters.begin(), model_.law().rules[first].parameters.end(),
                         [&](const Parameter& own) { return own.type == parameter.type; });
    };
    const std::vector<Parameter>& parameters = model_.law().rules[rule].parameters;
    if (std::any_of(parameters.begin(), parameters.end(), shares)) all.push_back(rule);
  }
  return all;
}

// Some rules that have to do with objects of one kind, of which there are some.
std::vector<std::uint32_t> ScenarioDrawer::few_rules(const State& state, const std::vector<std::uint32_t>& rules,
                                                     QuickRandom& random) const {
  const std::uint32_t first = drawer_.rule(state, rules, random);
  const std::vector<std::uint32_t> others = related(first, rules);
  std::vector<std::uint32_t> few{first};
  for (std::uint64_t more = 1 + random() % 2; more > 0 && !others.empty(); --more)
    few.push_back(others[random() % others.size()]);
  return few;
}

// Whether a call that succeeds in one state ends otherwise in another. Which index a new object gets does not count.
bool ScenarioDrawer::ends_otherwise(const State& state, const Call& call, const Outcome& before) {
  elsewhere_ = state;
  Outcome outcome;
  const auto branch = model_.step(elsewhere_, call, outcome);
  if (!branch || outcome.error != 0) return branch.has_value();
  const std::vector<Result>& results = model_.law().rules[call.rule].results;
  return outcome.results != before.results && std::none_of(results.begin(), results.end(), [](const Result& result) {
           return result.type.tag == TypeTag::reference;
         });
}

// Two calls of which both succeed, but where it matters which comes first. Empty: none were found.
std::vector<Call> ScenarioDrawer::rivals(const State& state, const std::vector<std::uint32_t>& rules,
                                         QuickRandom& random) {
  situation_.reset(state);
  const std::uint32_t first = drawer_.rule(state, rules, random);
  if (asks(model_.law().rules[first])) return {};
  const auto* aimed = drawer_.aim(model_, state, situation_, first, kSuccess, kTries, random, scratch_);
  if (aimed == nullptr || aimed->branch != kSuccess) return {};
  const Call one = aimed->call;
  std::vector<std::uint32_t> others = related(first, rules);
  std::erase_if(others, [&](std::uint32_t rule) { return asks(model_.law().rules[rule]); });
  if (others.empty()) return {};
  State after_one = state;
  State after_other = state;
  Outcome first_outcome;
  Outcome outcome;
  if (!model_.step(after_one, one, first_outcome)) return {};
  drawer_.remember(state, one, random);
  for (int i = 0; i < kRivals; ++i) {
    const std::uint32_t rule = drawer_.rule(state, others, random);
    aimed = drawer_.aim(model_, state, situation_, rule, kSuccess, kTries, random, scratch_);
    if (aimed == nullptr || aimed->branch != kSuccess) continue;
    const Call other = aimed->call;
    after_other = state;
    if (!model_.step(after_other, other, outcome)) continue;
    if (ends_otherwise(after_one, other, outcome) || ends_otherwise(after_other, one, first_outcome))
      return {one, other};
  }
  return {};
}

std::vector<Sequence> ScenarioDrawer::threads(const State& state, const Names& names, std::size_t count,
                                              QuickRandom& random) {
  std::vector<std::uint32_t> rules = all_rules_;
  std::erase_if(rules, [this](std::uint32_t rule) { return hopeless(rule); });
  if (rules.empty()) return std::vector<Sequence>(count);
  drawer_.clear();
  std::vector<std::uint32_t> pool =
      random() % 3 == 0 ? topics_.about(drawer_.rule(state, rules, random), random) : few_rules(state, rules, random);
  std::erase_if(pool, [&](std::uint32_t rule) { return std::find(rules.begin(), rules.end(), rule) == rules.end(); });
  if (pool.empty()) pool = rules;
  const std::vector<std::uint32_t> focus{drawer_.rule(state, pool, random), drawer_.rule(state, pool, random)};
  const std::vector<Call> first = random() % 2 == 0 ? rivals(state, rules, random) : std::vector<Call>();
  std::vector<Sequence> all;
  for (std::size_t i = 0; i < count; ++i) {
    Lane lane{state, names, {}};
    if (i < first.size()) append(lane, first[i]);
    const std::uint64_t longest = random() % 2 == 0 ? kShortest + 1 : kLongest;
    const std::uint64_t wanted =
        first.empty() ? kShortest + random() % (longest - kShortest + 1) : 1 + random() % kShortest;
    go_on(lane, wanted, focus, pool, random);
    all.push_back(std::move(lane.calls));
  }
  keep_apart(model_.law(), names.steps(), all);
  return all;
}

bool ScenarioDrawer::append(Lane& lane, const Call& call) {
  const std::optional<SequenceStep> step = lane.names.symbolic(lane.state, call);
  Outcome outcome;
  if (!step || !model_.step(lane.state, call, outcome)) return false;
  lane.calls.push_back(*step);
  lane.names.record(call.rule, outcome, lane.state);
  return true;
}

void ScenarioDrawer::go_on(Lane& lane, std::uint64_t wanted, const std::vector<std::uint32_t>& focus,
                           const std::vector<std::uint32_t>& pool, QuickRandom& random) {
  situation_.reset(lane.state);
  for (std::uint64_t tries = 0; lane.calls.size() < wanted && tries < 2 * wanted; ++tries) {
    const std::uint32_t rule = drawer_.rule(lane.state, random() % 2 == 0 ? focus : pool, random);
    const std::vector<Branch>& branches = model_.law().rules[rule].branches;
    const bool to_succeed = branches.empty() || random() % 4 != 0;
    const auto goal = to_succeed ? kSuccess : static_cast<std::uint32_t>(random() % branches.size());
    const auto* aimed = drawer_.aim(model_, lane.state, situation_, rule, goal, kTries, random, scratch_);
    if (aimed == nullptr) continue;
    const bool succeeds = aimed->branch == kSuccess;
    const Call call = aimed->call;
    if (append(lane, call) && succeeds) drawer_.remember(lane.state, call, random);
  }
}

}  // namespace iolaw::concurrent
