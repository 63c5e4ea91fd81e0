// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/decision_search.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <unordered_map>

#include "checker/generate/decision_model.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/near_calls.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"
#include "checker/generate/vary.hpp"

namespace iolaw {
namespace {

// States of the pool that look alike to a rule, and calls drawn in each.
constexpr std::uint32_t kAlikeStates = 2;
constexpr std::uint32_t kDrawsInState = 12;
// Calls beside each that showed something: with two arguments changed, besides all with one.
constexpr std::uint32_t kPairs = 200;
// Of the calls for a rule, so many in a hundred go to changed histories.
constexpr std::uint64_t kVaryPart = 40;

// The search for the goals of one rule.
class RuleSearch {
 public:
  RuleSearch(const Law& law, std::uint32_t rule, const std::vector<DecisionGoal>& goals, std::uint64_t seed)
      : law_(law),
        rule_(rule),
        goals_(goals),
        model_(law),
        decisions_(law, goals_),
        sampler_(law),
        near_(law, rule),
        vary_(law),
        random_(seed ^ (rule * 0x9e3779b97f4a7c15)),
        found_(goals.size()),
        open_(goals.size()) {}

  // Only looks at what is known.
  void look_at(const std::vector<Sequence>& known) {
    Budget budget(0);
    try_known(known, budget);
    spent_ = budget.spent();
  }

  void run(const std::vector<Reached>& pool, const std::vector<Sequence>& known, const std::vector<Sequence>& bases,
           const std::vector<bool>& kinds, std::uint64_t calls) {
    Budget budget(calls);
    try_known(known, budget);
    for (const Sequence& sequence : bases) {
      if (sequence.back().rule == rule_) bases_.push_back(sequence);
    }
    try_pool(pool, kinds, budget);
    Budget beside(budget.left() - budget.left() * kVaryPart / 100);
    while (open_ > 0 && next_ < bases_.size() && !beside.exhausted()) try_beside(next_++, beside);
    Budget varying(budget.left() * kVaryPart / 100);
    vary_bases(varying);
    spent_ = budget.spent() + beside.spent() + varying.spent();
  }

  std::vector<std::optional<Sequence>>& found() { return found_; }
  std::vector<std::pair<std::uint32_t, Sequence>>& of_branch() { return of_branch_; }
  std::uint64_t spent() const { return spent_; }

 private:
  // A call that showed something new, or took a branch that none took before.
  void look(State& before, const Call& call, std::uint32_t branch, const Sequence& history, const SequenceStep& step) {
    bool is_new = taken_[branch]++ < 2;
    const bool is_first = taken_[branch] == 1;
    const auto sequence = [&] {
      Sequence whole = history;
      whole.push_back(step);
      return whole;
    };
    for (std::size_t goal = 0; goal < goals_.size(); ++goal) {
      if (found_[goal] || !decisions_.fits(goal, branch) || !decisions_.shows(goal, before, call)) continue;
      found_[goal] = sequence();
      --open_;
      is_new = true;
    }
    if (is_new) bases_.push_back(sequence());
    if (is_first) of_branch_.emplace_back(branch, bases_.back());
  }

  void try_known(const std::vector<Sequence>& known, Budget& budget) {
    for (const Sequence& sequence : known) {
      if (!sequence.empty() && sequence.back().rule == rule_) try_sequence(sequence, budget);
    }
  }

  void try_sequence(const Sequence& sequence, Budget& budget) {
    World world(law_);
    const Sequence history(sequence.begin(), sequence.end() - 1);
    budget.spend(sequence.size());
    if (!play(model_, history, world)) return;
    State before = world.state();
    const Call call = world.names().resolve(sequence.back());
    const auto step = world.names().symbolic(before, call);
    if (!step) return;
    if (const auto played = world.play(model_, call)) look(before, call, played->branch, history, *step);
  }

  void try_pool(const std::vector<Reached>& pool, const std::vector<bool>& kinds, Budget& budget) {
    std::unordered_map<std::uint64_t, std::uint32_t> tried;
    Budget part(budget.left() * (100 - kVaryPart) / 200);
    for (const Reached& from : pool) {
      if (open_ == 0) break;
      if (tried[hash_sort(law_, from.world.state(), kinds)]++ >= kAlikeStates) continue;
      State before = from.world.state();
      RuleTrial trial(model_, sampler_, from, rule_, random_);
      const bool may_go_on = trial.run(
          kDrawsInState, part, [&](const SequenceStep& step, const Call& call, const Played& played, const World&) {
            look(before, call, played.branch, from.sequence, step);
          });
      if (!may_go_on) break;
    }
    budget.spend(part.spent());
  }

  void try_beside(std::size_t index, Budget& budget) {
    const Sequence base = bases_[index];
    World world(law_);
    const Sequence history(base.begin(), base.end() - 1);
    if (!play(model_, history, world)) return;
    State before = world.state();
    const Call call = world.names().resolve(base.back());
    const std::vector<std::vector<Word>> choices = near_.around(before, call);
    World after = world;
    const auto attempt = [&](const Call& other) {
      const auto step = world.names().symbolic(before, other);
      if (!step) return;
      after = world;
      budget.spend();
      if (const auto played = after.play(model_, other)) look(before, other, played->branch, history, *step);
    };
    for (std::size_t i = 0; i < choices.size(); ++i) {
      for (const Word word : choices[i]) {
        Call other = call;
        other.arguments[i] = word;
        attempt(other);
      }
    }
    for (std::uint32_t pair = 0; pair < kPairs && choices.size() > 1; ++pair) {
      Call other = call;
      for (int change = 0; change < 2; ++change) {
        const std::size_t i = random_() % choices.size();
        if (!choices[i].empty()) other.arguments[i] = choices[i][random_() % choices[i].size()];
      }
      attempt(other);
    }
  }

  void vary_bases(Budget& budget) {
    while (open_ > 0 && !bases_.empty() && !budget.exhausted()) {
      // What was found last is nearest to what is missing.
      const std::size_t recent = std::min<std::size_t>(bases_.size(), 24);
      const std::size_t which = random_() % 2 == 0 ? bases_.size() - 1 - random_() % recent : random_() % bases_.size();
      const Sequence varied = vary_(bases_[which], random_);
      if (varied.empty() || varied.back().rule != rule_) continue;
      const std::size_t before = bases_.size();
      try_sequence(varied, budget);
      if (bases_.size() > before && next_ < bases_.size()) try_beside(bases_.size() - 1, budget);
    }
  }

  const Law& law_;
  std::uint32_t rule_;
  const std::vector<DecisionGoal>& goals_;
  Model model_;
  DecisionModel decisions_;
  Sampler sampler_;
  NearCalls near_;
  Vary vary_;
  std::mt19937_64 random_;
  std::vector<std::optional<Sequence>> found_;
  std::size_t open_;
  std::vector<Sequence> bases_;
  std::vector<std::pair<std::uint32_t, Sequence>> of_branch_;
  std::size_t next_ = 0;  // of bases_: those before it were tried
  std::unordered_map<std::uint32_t, std::uint32_t> taken_;
  std::uint64_t spent_ = 0;
};

}  // namespace

DecisionWitnesses find_decisions(const Law& law, const std::vector<DecisionGoal>& goals, const std::vector<bool>& shown,
                                 const std::vector<Reached>& pool, const std::vector<Sequence>& known,
                                 const std::vector<Sequence>& bases, const DecisionSearchOptions& options) {
  std::vector<std::vector<std::size_t>> of_rule(law.rules.size());
  for (std::size_t i = 0; i < goals.size(); ++i) {
    if (!shown[i]) of_rule[goals[i].rule].push_back(i);
  }
  std::vector<bool> is_known(law.rules.size(), false);
  for (const Sequence& sequence : known) {
    if (!sequence.empty()) is_known[sequence.back().rule] = true;
  }
  DecisionWitnesses result{std::vector<std::optional<Sequence>>(goals.size()), {}, 0};
  std::vector<std::vector<std::pair<std::uint32_t, Sequence>>> of_branch(law.rules.size());
  std::vector<std::uint64_t> spent(law.rules.size(), 0);
  const Relevance relevance(law);
  in_parallel(options.threads, law.rules.size(), [&](std::size_t index) {
    const auto rule = static_cast<std::uint32_t>(index);
    const bool is_sought = options.rules.empty() || options.rules[rule];
    if (of_rule[rule].empty() || (!is_sought && !is_known[rule])) return;
    std::vector<DecisionGoal> mine;
    for (const std::size_t goal : of_rule[rule]) mine.push_back(goals[goal]);
    RuleSearch search(law, rule, mine, options.seed);
    if (is_sought) {
      search.run(pool, known, bases, relevance.kinds_of(rule), options.calls + options.calls_per_goal * mine.size());
    } else {
      search.look_at(known);
    }
    for (std::size_t i = 0; i < mine.size(); ++i) result.of_goal[of_rule[rule][i]] = std::move(search.found()[i]);
    of_branch[rule] = std::move(search.of_branch());
    spent[rule] = search.spent();
  });
  for (auto& some : of_branch) std::move(some.begin(), some.end(), std::back_inserter(result.of_branch));
  for (const std::uint64_t calls : spent) result.calls += calls;
  return result;
}

}  // namespace iolaw
