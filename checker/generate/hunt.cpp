// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/hunt.hpp"

#include <algorithm>

#include "checker/generate/minimize.hpp"
#include "checker/generate/observe.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/vary.hpp"

namespace iolaw {
namespace {

// How often a mutant's silent difference is followed up, and with how many calls of each rule.
constexpr std::uint32_t kFollowUps = 40;
constexpr std::uint32_t kFollowDraws = 8;

}  // namespace

bool MutantModel::concerns(std::uint32_t rule) const {
  return std::find(mutant_.rules.begin(), mutant_.rules.end(), rule) != mutant_.rules.end();
}

MutantModel::Answer MutantModel::step(State& state, const Call& call, const Outcome& expected) const {
  try {
    Outcome outcome;
    if (!model_.step(state, call, outcome)) return Answer::unknown;
    return outcome == expected ? Answer::same : Answer::differs;
  } catch (const std::exception&) {
    return mutant_.reordered ? Answer::unknown : Answer::differs;
  }
}

std::optional<std::size_t> distinguishes(const Model& model, const MutantModel& mutant, const Sequence& sequence) {
  World world(model.law());
  State other(model.law());
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Call call = world.names().resolve(sequence[i]);
    const auto played = world.play(model, call);
    if (!played) return std::nullopt;
    switch (mutant.step(other, call, played->outcome)) {
      case MutantModel::Answer::same:
        break;
      case MutantModel::Answer::differs:
        return i;
      case MutantModel::Answer::unknown:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

Hunt::Hunt(const Model& model, const Simplicity& simplicity, std::uint64_t seed)
    : model_(model), simplicity_(simplicity), sampler_(model.law()), random_(seed) {
  for (Mutant& mutant : make_mutants(model.law())) mutants_.push_back(std::make_unique<MutantModel>(std::move(mutant)));
  alive_.assign(mutants_.size(), true);
  follow_ups_.assign(mutants_.size(), 0);
}

std::size_t Hunt::alive() const { return static_cast<std::size_t>(std::count(alive_.begin(), alive_.end(), true)); }

void Hunt::strike(const Sequence& sequence) {
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    if (!alive_[i]) continue;
    const bool concerned = std::any_of(sequence.begin(), sequence.end(),
                                       [&](const SequenceStep& step) { return mutants_[i]->concerns(step.rule); });
    if (concerned && distinguishes(model_, *mutants_[i], sequence)) alive_[i] = false;
  }
}

std::optional<Sequence> Hunt::follow_up(const MutantModel& mutant, const World& world, const State& other,
                                        const Sequence& history) {
  const auto tells = [&](const SequenceStep& step) {
    World next = world;
    const Call call = next.names().resolve(step);
    const auto played = next.play(model_, call);
    State changed = other;
    budget_->spend(2);
    return played && mutant.step(changed, call, played->outcome) == MutantModel::Answer::differs;
  };
  const auto with = [&](const SequenceStep& step) {
    Sequence sequence = history;
    sequence.push_back(step);
    return sequence;
  };
  for (const SequenceStep& step : observations(model_, world)) {
    if (tells(step)) return with(step);
  }
  for (std::uint32_t rule = 0; rule < model_.law().rules.size(); ++rule) {
    for (std::uint32_t draw = 0; draw < kFollowDraws; ++draw) {
      // Also calls that only the mutant's state suggests, with objects that should be dead.
      const State& state = draw % 2 == 0 ? world.state() : other;
      const auto step = world.names().symbolic(world.state(), sampler_.call(state, rule, random_));
      if (step && tells(*step)) return with(*step);
    }
  }
  return std::nullopt;
}

void Hunt::judge(const Reached& from, const SequenceStep& step, const Call& call, const Played& played,
                 const World& after) {
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    const MutantModel& mutant = *mutants_[i];
    if (!alive_[i] || !mutant.concerns(call.rule)) continue;
    State other = from.world.state();
    budget_->spend();
    const MutantModel::Answer answer = mutant.step(other, call, played.outcome);
    if (answer == MutantModel::Answer::unknown) continue;
    Sequence history = from.sequence;
    history.push_back(step);
    std::optional<Sequence> found;
    if (answer == MutantModel::Answer::differs) {
      found = std::move(history);
    } else if (other != after.state() && follow_ups_[i]++ < kFollowUps) {
      found = follow_up(mutant, after, other, history);
    }
    if (found) kill(i, std::move(*found));
  }
}

void Hunt::kill(std::size_t index, Sequence found) {
  const MutantModel& mutant = *mutants_[index];
  const auto at = distinguishes(model_, mutant, found);
  if (!at) return;
  found.resize(*at + 1);
  Budget minimizing(minimize_calls_);
  const Kill kill{index,
                  minimize(model_.law(), simplicity_, std::move(found), minimizing, [&](const Sequence& candidate) {
                    return distinguishes(model_, mutant, candidate) == candidate.size() - 1;
                  })};
  budget_->spend(minimizing.spent());
  alive_[index] = false;
  (*take_)(kill);
}

void Hunt::run(const std::vector<Reached>& pool, std::uint32_t draws, std::uint64_t minimize_calls, Budget& budget,
               const Take& take) {
  minimize_calls_ = minimize_calls;
  budget_ = &budget;
  take_ = &take;
  const std::size_t rules = model_.law().rules.size();
  for (const Reached& from : pool) {
    for (std::uint32_t rule = 0; rule < rules; ++rule) {
      if (has_choice(model_.law().rules[rule])) continue;
      bool wanted = false;
      for (std::size_t i = 0; i < mutants_.size() && !wanted; ++i) wanted = alive_[i] && mutants_[i]->concerns(rule);
      if (!wanted) continue;
      RuleTrial trial(model_, sampler_, from, rule, random_);
      const bool may_go_on = trial.run(
          draws, budget, [&](const SequenceStep& step, const Call& call, const Played& played, const World& after) {
            judge(from, step, call, played, after);
          });
      if (!may_go_on) return;
    }
  }
}

void Hunt::vary(const std::vector<Sequence>& sequences, std::uint32_t draws, std::uint64_t minimize_calls,
                Budget& budget, const Take& take) {
  minimize_calls_ = minimize_calls;
  budget_ = &budget;
  take_ = &take;
  const Vary vary(model_.law());
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    if (!alive_[i]) continue;
    std::vector<const Sequence*> concerned;
    for (const Sequence& sequence : sequences) {
      const bool concerns = std::any_of(sequence.begin(), sequence.end(),
                                        [&](const SequenceStep& step) { return mutants_[i]->concerns(step.rule); });
      if (concerns) concerned.push_back(&sequence);
    }
    for (std::uint32_t draw = 0; !concerned.empty() && draw < draws && alive_[i]; ++draw) {
      Sequence varied = vary(*concerned[random_() % concerned.size()], random_);
      if (!budget.spend(2 * varied.size())) return;
      if (distinguishes(model_, *mutants_[i], varied)) kill(i, std::move(varied));
    }
  }
}

}  // namespace iolaw
