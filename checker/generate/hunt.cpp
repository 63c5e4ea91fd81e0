// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/hunt.hpp"

#include <algorithm>
#include <unordered_map>

#include "checker/generate/minimize.hpp"
#include "checker/generate/observe.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"
#include "checker/generate/vary.hpp"

namespace iolaw {
namespace {

// How often a mutant's silent difference is followed up, and with how many calls of each rule.
constexpr std::uint32_t kFollowUps = 40;
constexpr std::uint32_t kFollowDraws = 8;
// In how many successes a mutant's choices are compared with the law's.
constexpr std::uint32_t kComparisons = 12;
// How many calls a draw is expected to cost, those of mutants too; and how many states that look alike to a rule are
// tried, if not all can be.
constexpr std::uint64_t kCallsPerDraw = 16;
constexpr std::uint32_t kAlike = 4;

// A law that says nothing of what an implementation was seen to do is another one.
bool tells_apart(MutantModel::Answer answer) {
  return answer == MutantModel::Answer::differs || answer == MutantModel::Answer::silent;
}

bool concerned(const MutantModel& mutant, const Sequence& sequence) {
  return std::any_of(sequence.begin(), sequence.end(), [&](const SequenceStep& step) {
    return std::find(mutant.rules().begin(), mutant.rules().end(), step.rule) != mutant.rules().end();
  });
}

}  // namespace

Hunt::Hunt(const Model& model, const Simplicity& simplicity, std::uint64_t seed, std::vector<Mutant> mutants)
    : model_(model), simplicity_(simplicity), sampler_(model.law()), truths_(model.law()), random_(seed) {
  for (Mutant& mutant : mutants) {
    mutants_.push_back(std::make_unique<MutantModel>(model, std::move(mutant)));
  }
  of_rule_.resize(model.law().rules.size());
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    for (const std::uint32_t rule : mutants_[i]->rules()) of_rule_[rule].push_back(i);
  }
  alive_.assign(mutants_.size(), true);
  follow_ups_.assign(mutants_.size(), 0);
  comparisons_.assign(mutants_.size(), 0);
}

std::size_t Hunt::alive() const { return static_cast<std::size_t>(std::count(alive_.begin(), alive_.end(), true)); }

std::vector<std::size_t> Hunt::strike(const Sequence& sequence) {
  std::optional<LawRun> run;
  std::vector<std::size_t> struck;
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    if (!alive_[i] || !concerned(*mutants_[i], sequence)) continue;
    if (!run) run.emplace(model_, sequence);
    if (!distinguishes(*mutants_[i], *run)) continue;
    alive_[i] = false;
    struck.push_back(i);
  }
  return struck;
}

void Hunt::offer(const std::vector<Sequence>& sequences, std::uint64_t minimize_calls, Budget& budget,
                 const Take& take) {
  minimize_calls_ = minimize_calls;
  budget_ = &budget;
  take_ = &take;
  for (const Sequence& sequence : sequences) {
    std::optional<LawRun> run;
    for (std::size_t i = 0; i < mutants_.size(); ++i) {
      if (!alive_[i] || !concerned(*mutants_[i], sequence)) continue;
      budget.spend(2 * sequence.size());
      if (!run) run.emplace(model_, sequence);
      if (distinguishes(*mutants_[i], *run)) kill(i, sequence);
    }
  }
}

std::optional<Sequence> Hunt::follow_up(const MutantModel& mutant, const World& world, const State& other,
                                        const Sequence& history) {
  World next = world;
  State changed = other;
  const auto tells = [&](const SequenceStep& step) {
    next = world;
    const Call call = next.names().resolve(step);
    const auto played = next.play(model_, call);
    changed = other;
    budget_->spend(2);
    return played && tells_apart(mutant.step(changed, call, *played));
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

void Hunt::judge(const Reached& from, State& before, const SequenceStep& step, const Call& call, const Played& played,
                 const World& after) {
  truths_.begin(before, call);
  Choices choices;
  State other = before;
  for (const std::size_t i : of_rule_[call.rule]) {
    const MutantModel& mutant = *mutants_[i];
    if (!alive_[i]) continue;
    budget_->spend();
    std::optional<MutantModel::Answer> answer = mutant.answer(call, played.branch, truths_);
    if (answer) {
      if (!tells_apart(*answer)) continue;
    } else {
      if (!mutant.may_differ(before, call, played.branch)) continue;
      other = before;
      answer = mutant.step(other, call, played);
      if (answer == MutantModel::Answer::same && comparisons_[i] < kComparisons &&
          mutant.chooses_otherwise(before, call, played, choices)) {
        answer = MutantModel::Answer::differs;
      }
      comparisons_[i] += played.branch == kSuccess && chooses_number(model_.law().rules[call.rule]) ? 1 : 0;
      if (answer == MutantModel::Answer::unknown) continue;
    }
    Sequence history = from.sequence;
    history.push_back(step);
    std::optional<Sequence> found;
    if (tells_apart(*answer)) {
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
  // Where not all states can be tried with all rules: few of those that look alike to a rule.
  const bool few = pool.size() * rules * draws > budget.left() / kCallsPerDraw;
  const Relevance relevance(model_.law());
  std::unordered_map<std::uint64_t, std::uint32_t> tried;
  for (const Reached& from : pool) {
    State before = from.world.state();
    for (std::uint32_t rule = 0; rule < rules; ++rule) {
      if (few) {
        const std::uint64_t alike = hash_sort(model_.law(), before, relevance.kinds_of(rule));
        if (tried[alike ^ (rule * 0x9e3779b97f4a7c15)]++ >= kAlike) continue;
      }
      const auto is_alive_now = [&](std::size_t i) { return alive_[i]; };
      if (std::none_of(of_rule_[rule].begin(), of_rule_[rule].end(), is_alive_now)) continue;
      RuleTrial trial(model_, sampler_, from, rule, random_);
      const bool may_go_on = trial.run(
          draws, budget, [&](const SequenceStep& step, const Call& call, const Played& played, const World& after) {
            judge(from, before, step, call, played, after);
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
    std::vector<const Sequence*> bases;
    for (const Sequence& sequence : sequences) {
      if (concerned(*mutants_[i], sequence)) bases.push_back(&sequence);
    }
    for (std::uint32_t draw = 0; !bases.empty() && draw < draws && alive_[i]; ++draw) {
      Sequence varied = vary(*bases[random_() % bases.size()], random_);
      if (!budget.spend(2 * varied.size())) return;
      if (distinguishes(model_, *mutants_[i], varied)) kill(i, std::move(varied));
    }
  }
}

}  // namespace iolaw
