// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/needed_cases.hpp"

#include <algorithm>
#include <map>

#include "checker/generate/decision_model.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/select_cases.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/survey.hpp"

namespace iolaw {
namespace {

// Jobs into which the cases, or the mutants, are divided; each has models of its own.
constexpr std::size_t kShares = 16;

std::vector<std::size_t> decisions_shown(const Model& model, DecisionModel& shows, const Sequence& sequence) {
  std::vector<std::size_t> shown;
  World world(model.law());
  for (const SequenceStep& step : sequence) {
    const Call call = world.names().resolve(step);
    State before = world.state();
    const auto played = world.play(model, call);
    if (!played) break;
    for (const std::size_t goal : shows.of_rule(call.rule)) {
      if (shows.fits(goal, played->branch) && shows.shows(goal, before, call)) shown.push_back(goal);
    }
  }
  return shown;
}

}  // namespace

std::vector<std::vector<std::string>> keys_of(const Law& law, const std::vector<Sequence>& cases, unsigned threads) {
  std::vector<std::vector<std::string>> keys(cases.size());
  in_parallel(threads, std::min(kShares, cases.size()), [&](std::size_t share) {
    const Model model(law);
    SlipJudge judge(model);
    for (std::size_t i = share; i < cases.size(); i += kShares) {
      keys[i] = shown_by(model, cases[i]);
      for (std::string& key : judge.shown_by(cases[i])) keys[i].push_back(std::move(key));
    }
  });
  return keys;
}

std::vector<bool> needed_cases(const Law& law, const std::vector<Case>& cases,
                               const std::vector<std::vector<std::string>>& keys,
                               const std::vector<DecisionGoal>& decisions, const std::vector<bool>& fixed,
                               unsigned threads) {
  std::vector<Sequence> sequences;
  for (const Case& one : cases) sequences.push_back(calls_of(one));
  std::vector<std::vector<std::size_t>> decided(cases.size());
  in_parallel(threads, kShares, [&](std::size_t share) {
    const Model model(law);
    DecisionModel shows(law, decisions);
    for (std::size_t i = share; i < cases.size(); i += kShares)
      decided[i] = decisions_shown(model, shows, sequences[i]);
  });
  std::vector<Shown> shown(cases.size());
  std::map<std::string, std::uint32_t> numbers;
  const auto number = [&](const std::string& key) {
    return numbers.emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::vector<std::uint32_t>& goals = shown[i].goals;
    shown[i].steps = cases[i].steps.size();
    goals.push_back(number(branch_id(law.rules[cases[i].rule], cases[i].steps[cases[i].subject].branch)));
    for (const std::string& key : keys[i]) goals.push_back(number(key));
    for (const std::size_t goal : decided[i]) goals.push_back(number(decisions[goal].id));
    if (fixed[i]) goals.push_back(number("fixed " + std::to_string(i)));
    std::sort(goals.begin(), goals.end());
    goals.erase(std::unique(goals.begin(), goals.end()), goals.end());
  }
  return select_cases(shown);
}

}  // namespace iolaw
