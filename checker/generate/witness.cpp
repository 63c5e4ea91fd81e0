// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/witness.hpp"

#include <algorithm>
#include <map>

#include "checker/generate/simplicity.hpp"

namespace iolaw {
namespace {

// Calls of one rule, per state of the pool, when a goal is sought alone.
constexpr std::uint32_t kSeekDraws = 64;

std::optional<Sequence> seek(const Model& model, const Sampler& sampler, const Goal& goal,
                             const std::vector<Reached>& pool, std::mt19937_64& random, Budget& budget) {
  for (const Reached& from : pool) {
    std::optional<Call> best;
    std::uint32_t best_progress = 0;
    for (std::uint32_t draw = 0; draw < kSeekDraws; ++draw) {
      Call call = sampler.call(from.world.state(), goal.rule, random);
      if (best && draw % 4 != 0) call = crossed(*best, call, random);
      const auto step = from.world.names().symbolic(from.world.state(), call);
      if (!step) continue;
      World after = from.world;
      const auto played = after.play(model, call);
      if (!budget.spend()) return std::nullopt;
      if (!played) continue;
      if (played->branch == goal.branch) {
        Sequence sequence = from.sequence;
        sequence.push_back(*step);
        return sequence;
      }
      // Beyond the goal's branch all calls are equally near: one changed argument may fall back into it.
      const std::uint32_t reached = std::min(progress(*played), goal.branch);
      if (!best || reached >= best_progress) {
        best = call;
        best_progress = reached;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Witnesses find_witnesses(const Model& model, const std::vector<Goal>& goals, const ExploreOptions& options,
                         Budget& budget) {
  const Law& law = model.law();
  const Sampler sampler(law);
  const Simplicity simplicity(law);
  Witnesses witnesses{std::vector<std::optional<Sequence>>(goals.size()), {}};
  std::vector<Cost> costs(goals.size());
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> goal_of;
  for (std::size_t i = 0; i < goals.size(); ++i) goal_of[{goals[i].rule, goals[i].branch}] = i;
  const auto visit = [&](const Reached& from, const SequenceStep& step, const Played& played, const World&) {
    const auto found = goal_of.find({step.rule, played.branch});
    if (found == goal_of.end() || has_choice(law.rules[step.rule])) return;
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
  std::mt19937_64 random(options.seed ^ 0x5eed);
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (witnesses.of_goal[i] || has_choice(law.rules[goals[i].rule])) continue;
    witnesses.of_goal[i] = seek(model, sampler, goals[i], witnesses.pool, random, budget);
  }
  return witnesses;
}

}  // namespace iolaw
