// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/witness.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/simplicity.hpp"
#include "checker/generate/vary.hpp"

namespace iolaw {
namespace {

// Calls of one rule, per state of the pool, when a goal is sought alone.
constexpr std::uint32_t kSeekDraws = 64;
// Calls of the search with the rules that help one rule.
constexpr std::uint64_t kFocusCalls = 120'000;
// Changed sequences, per goal.
constexpr std::uint32_t kVaryDraws = 300'000;

std::optional<Sequence> seek(const Model& model, const Sampler& sampler, const Goal& goal,
                             const std::vector<Reached>& pool, std::mt19937_64& random, Budget& budget) {
  std::optional<Sequence> found;
  for (const Reached& from : pool) {
    RuleTrial trial(model, sampler, from, goal.rule, random, goal.branch);
    const bool may_go_on =
        trial.run(kSeekDraws, budget, [&](const SequenceStep& step, const Call&, const Played& played, const World&) {
          if (found || played.branch != goal.branch) return;
          found = from.sequence;
          found->push_back(step);
        });
    if (found || !may_go_on) break;
  }
  return found;
}

// Explores with the rules alone that help one whose goals were missed: a large law has too many others.
std::uint64_t focus(const Model& model, const Sampler& sampler, const std::vector<Goal>& goals, ExploreOptions options,
                    const Visitor& visit, Witnesses& witnesses) {
  const Law& law = model.law();
  const Relevance relevance(law);
  std::uint64_t spent = 0;
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    bool missed = false;
    for (std::size_t i = 0; i < goals.size(); ++i) missed = missed || (goals[i].rule == rule && !witnesses.of_goal[i]);
    if (!missed) continue;
    options.rules = relevance.helpful_to(rule);
    if (options.rules.size() == law.rules.size()) continue;
    Budget budget(kFocusCalls);
    std::vector<Reached> pool = explore(model, sampler, options, budget, visit, [](std::uint32_t) { return false; });
    spent += budget.spent();
    std::move(pool.begin() + 1, pool.end(), std::back_inserter(witnesses.pool));
  }
  std::stable_sort(witnesses.pool.begin(), witnesses.pool.end(),
                   [](const Reached& a, const Reached& b) { return a.sequence.size() < b.sequence.size(); });
  return spent;
}

}  // namespace

Witnesses find_witnesses(const Model& model, const std::vector<Goal>& goals, const ExploreOptions& options,
                         std::vector<std::optional<Sequence>> known, Budget& budget) {
  const Law& law = model.law();
  const Sampler sampler(law);
  const Simplicity simplicity(law);
  Witnesses witnesses{std::move(known), {}, 0};
  std::vector<Cost> costs;
  for (const std::optional<Sequence>& one : witnesses.of_goal) costs.push_back(one ? simplicity.of(*one) : Cost{});
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> goal_of;
  for (std::size_t i = 0; i < goals.size(); ++i) goal_of[{goals[i].rule, goals[i].branch}] = i;
  const auto visit = [&](const Reached& from, const SequenceStep& step, const Played& played, const World&) {
    const auto found = goal_of.find({step.rule, played.branch});
    if (found == goal_of.end()) return;
    std::optional<Sequence>& witness = witnesses.of_goal[found->second];
    if (witness && witness->size() <= from.sequence.size()) return;
    Sequence sequence = from.sequence;
    sequence.push_back(step);
    const Cost cost = simplicity.of(sequence);
    if (witness && costs[found->second] <= cost) return;
    costs[found->second] = cost;
    witness = std::move(sequence);
  };
  witnesses.pool = explore(model, sampler, options, budget, visit, [](std::uint32_t) { return false; });
  if (budget.exhausted()) witnesses.focus_calls = focus(model, sampler, goals, options, visit, witnesses);
  std::mt19937_64 random(options.seed ^ 0x5eed);
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (witnesses.of_goal[i]) continue;
    witnesses.of_goal[i] = seek(model, sampler, goals[i], witnesses.pool, random, budget);
  }
  return witnesses;
}

Sequence name_calls(const Model& model, const std::vector<Call>& calls) {
  Sequence sequence;
  World world(model.law());
  for (const Call& call : calls) {
    const std::optional<SequenceStep> step = world.names().symbolic(world.state(), call);
    if (step && world.play(model, call)) sequence.push_back(*step);
  }
  return sequence;
}

std::vector<Call> calls_of(const Model& model, const Sequence& sequence) {
  std::vector<Call> calls;
  World world(model.law());
  for (const SequenceStep& step : sequence) {
    const Call call = world.names().resolve(step);
    if (!world.play(model, call)) break;
    calls.push_back(call);
  }
  return calls;
}

void vary_witnesses(const Model& model, const std::vector<Goal>& goals, std::uint64_t seed, Budget& budget,
                    Witnesses& witnesses) {
  const Vary vary(model.law());
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (witnesses.of_goal[i]) continue;
    // What came nearest: sequences whose last call got beyond the goal's branch.
    std::vector<Sequence> near;
    for (std::size_t other = 0; other < goals.size(); ++other) {
      const bool beyond = goals[other].rule == goals[i].rule && goals[other].branch > goals[i].branch;
      if (beyond && witnesses.of_goal[other]) near.push_back(*witnesses.of_goal[other]);
    }
    for (const Reached& reached : witnesses.pool) {
      if (!reached.sequence.empty() && reached.sequence.back().rule == goals[i].rule) near.push_back(reached.sequence);
    }
    for (std::uint32_t draw = 0; draw < kVaryDraws && !near.empty() && !budget.exhausted(); ++draw) {
      // Half of the draws go to the first few, which are the witnesses.
      const std::size_t few = std::min<std::size_t>(near.size(), 8);
      Sequence varied = vary(near[random() % (draw % 2 == 0 ? few : near.size())], random);
      budget.spend(varied.size());
      if (!reaches(model, goals[i], varied)) continue;
      witnesses.of_goal[i] = std::move(varied);
      break;
    }
  }
}

}  // namespace iolaw
