// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/outcome_search.hpp"

#include <algorithm>
#include <iterator>

#include "checker/differ/starts.hpp"
#include "checker/generate/graft.hpp"
#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

// Calls of the model, at most; and not more than options.explore_calls.
constexpr std::uint64_t kExploreCalls = 600'000;

}  // namespace

OutcomeSearch::OutcomeSearch(const Model& model, const std::vector<Goal>& goals, const GenerateOptions& options)
    : model_(model), law_(model.law()), goals_(goals), options_(options) {
  witnesses_.of_goal.resize(goals.size());
  witnesses_.pool.push_back({World(law_), {}});
  in_pool_.insert(witnesses_.pool.front().world.state().hash());
}

void OutcomeSearch::run() {
  take_starts(find_starts(model_));
  Budget budget(std::min(kExploreCalls, options_.explore_calls));
  ExploreOptions explore_options;
  explore_options.seed = options_.seed;
  Witnesses explored = find_witnesses(model_, goals_, explore_options, witnesses_.of_goal, budget);
  calls_ += budget.spent() + explored.focus_calls;
  take_explored(std::move(explored));
  sort_pool();
  reach_further(options_.reach);
}

void OutcomeSearch::run_on() {
  Budget joining(options_.graft_calls);
  graft_witnesses(model_, goals_, options_.seed, Graft::join, joining, witnesses_);
  reach_further(options_.reach_deep);
  Budget grafting(options_.graft_calls);
  graft_witnesses(model_, goals_, options_.seed, Graft::extend, grafting, witnesses_);
  Budget varying(options_.vary_calls);
  vary_witnesses(model_, goals_, options_.seed, varying, witnesses_);
  calls_ += joining.spent() + grafting.spent() + varying.spent();
}

void OutcomeSearch::take_known() {
  for (const std::vector<Call>& calls : options_.known) {
    try {
      const Sequence named = name_calls(model_, calls);
      Reached reached{World(law_), {}};
      for (const SequenceStep& step : named) {
        const auto played = reached.world.play(model_, reached.world.names().resolve(step));
        if (!played) break;
        reached.sequence.push_back(step);
        offer(reached.sequence, played->branch);
        if (!reached.world.is_open() && in_pool_.insert(reached.world.state().hash()).second) {
          witnesses_.pool.push_back(reached);
        }
      }
    } catch (const EvaluationError&) {
      // Of another law, these calls name what does not live.
    }
  }
}

// The states on their ways join the pool, their last calls are ways to outcomes.
void OutcomeSearch::take_starts(const std::vector<Start>& starts) {
  for (const Start& start : starts) {
    Reached reached{World(law_), {}};
    for (const SequenceStep& step : start.history) {
      const auto played = reached.world.play(model_, reached.world.names().resolve(step));
      if (!played) break;
      reached.sequence.push_back(step);
      offer(reached.sequence, played->branch);
      if (in_pool_.insert(reached.world.state().hash()).second) witnesses_.pool.push_back(reached);
    }
    for (const SequenceStep& step : start.calls) {
      World world = reached.world;
      Sequence sequence = reached.sequence;
      sequence.push_back(step);
      if (const auto played = world.play(model_, world.names().resolve(step))) offer(sequence, played->branch);
      histories_.push_back(std::move(sequence));
    }
    histories_.push_back(std::move(reached.sequence));
  }
}

void OutcomeSearch::take_explored(Witnesses explored) {
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    if (explored.of_goal[i]) offer(*explored.of_goal[i], goals_[i].branch);
  }
  for (Reached& reached : explored.pool) {
    if (in_pool_.insert(reached.world.state().hash()).second) witnesses_.pool.push_back(std::move(reached));
  }
}

void OutcomeSearch::offer(const Sequence& sequence, std::uint32_t branch) {
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    if (goals_[i].rule != sequence.back().rule || goals_[i].branch != branch) continue;
    std::optional<Sequence>& witness = witnesses_.of_goal[i];
    if (!witness || sequence.size() < witness->size()) witness = sequence;
  }
}

void OutcomeSearch::sort_pool() {
  std::stable_sort(witnesses_.pool.begin(), witnesses_.pool.end(),
                   [](const Reached& a, const Reached& b) { return a.sequence.size() < b.sequence.size(); });
}

void OutcomeSearch::add_to_pool(const Sequence& sequence) {
  Reached reached{World(law_), {}};
  for (std::size_t i = 0; i + 1 < sequence.size(); ++i) {
    if (!reached.world.play(model_, reached.world.names().resolve(sequence[i]))) return;
    reached.sequence.push_back(sequence[i]);
    if (in_pool_.insert(reached.world.state().hash()).second) witnesses_.pool.push_back(reached);
  }
}

// The states on the way to goals that lie deeper than exploration goes join the pool.
void OutcomeSearch::reach_further(const Reach& reach) {
  std::vector<std::size_t> missed;
  std::vector<Goal> wanted;
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    if (witnesses_.of_goal[i]) continue;
    missed.push_back(i);
    wanted.push_back(goals_[i]);
  }
  if (wanted.empty() || !reach) return;
  const std::vector<std::optional<std::vector<Call>>> found = reach(wanted);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) continue;
    Sequence sequence = name_calls(model_, *found[i]);
    add_to_pool(sequence);
    if (reaches(model_, wanted[i], sequence)) witnesses_.of_goal[missed[i]] = std::move(sequence);
  }
  sort_pool();
}

}  // namespace iolaw
