// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/graft.hpp"

#include <algorithm>
#include <random>
#include <string_view>

#include "checker/generate/join.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"

namespace iolaw {
namespace {

// Calls of the goal's rule after each pair of histories.
constexpr std::uint32_t kDraws = 300;
constexpr std::uint32_t kFewDraws = 40;  // where many histories are tried

// How often each way to another end of the goal's rule is extended.
constexpr std::uint32_t kRounds = 20'000;

// "last_page" of "hwpt.alloc.last_page".
std::string_view tag_of(const Goal& goal) { return std::string_view(goal.id).substr(goal.id.rfind('.') + 1); }

Sequence without_last(const Sequence& sequence) { return {sequence.begin(), sequence.end() - 1}; }

std::optional<Sequence> graft(const Model& model, const Sampler& sampler, const Goal& goal, const Sequence& history,
                              std::uint32_t draws, std::mt19937_64& random, Budget& budget) {
  Reached from{World(model.law()), history};
  if (!play(model, history, from.world)) return std::nullopt;
  std::optional<Sequence> found;
  RuleTrial trial(model, sampler, from, goal.rule, random, goal.branch);
  trial.run(draws, budget, [&](const SequenceStep& step, const Call&, const Played& played, const World&) {
    if (found || played.branch != goal.branch) return;
    found = history;
    found->push_back(step);
  });
  return found;
}

// Ways to other ends of the rule, and one call more of a rule that helps it.
std::optional<Sequence> extend(const Model& model, const Sampler& sampler, const Goal& goal,
                               const std::vector<const Sequence*>& same_rule, std::mt19937_64& random, Budget& budget) {
  const std::vector<std::uint32_t> rules = Relevance(model.law()).helpful_to(goal.rule);
  for (std::uint32_t round = 0; round < kRounds && !rules.empty() && !budget.exhausted(); ++round) {
    for (const Sequence* sequence : same_rule) {
      Sequence history = without_last(*sequence);
      World world(model.law());
      if (!play(model, history, world)) continue;
      const Call call = sampler.call(world.state(), rules[random() % rules.size()], random);
      const std::optional<SequenceStep> step = world.names().symbolic(world.state(), call);
      if (!step) continue;
      const std::optional<Played> played = world.play(model, call);
      budget.spend(history.size() + 1);
      if (!played || played->branch != kSuccess) continue;
      history.push_back(*step);
      if (auto found = graft(model, sampler, goal, history, kFewDraws, random, budget)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

void graft_witnesses(const Model& model, const std::vector<Goal>& goals, std::uint64_t seed, Graft how, Budget& budget,
                     Witnesses& witnesses) {
  const Sampler sampler(model.law());
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (witnesses.of_goal[i]) continue;
    std::vector<const Sequence*> alike;      // to branches of that tag
    std::vector<const Sequence*> same_rule;  // to other ends of the rule, the furthest first
    for (std::size_t other = 0; other < goals.size(); ++other) {
      if (!witnesses.of_goal[other]) continue;
      const Sequence* sequence = &*witnesses.of_goal[other];
      if (goals[other].rule == goals[i].rule) same_rule.push_back(sequence);
      if (tag_of(goals[other]) == tag_of(goals[i])) alike.push_back(sequence);
    }
    std::reverse(same_rule.begin(), same_rule.end());
    if (how == Graft::extend) {
      witnesses.of_goal[i] = extend(model, sampler, goals[i], same_rule, random, budget);
      continue;
    }
    for (const Sequence* first : alike) {
      for (const Sequence* second : same_rule) {
        if (witnesses.of_goal[i] || budget.exhausted()) break;
        const Sequence both = joined(without_last(*first), without_last(*second));
        witnesses.of_goal[i] = graft(model, sampler, goals[i], both, kDraws, random, budget);
      }
    }
  }
}

}  // namespace iolaw
