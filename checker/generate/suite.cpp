// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

#include "checker/generate/graft.hpp"
#include "checker/generate/hunt.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/survey.hpp"
#include "checker/generate/thorough_suite.hpp"
#include "checker/generate/vary.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {
namespace {

// What the case is about: the last call of a rule that the mutant changes.
std::size_t subject_of(const MutantModel& mutant, const Sequence& sequence) {
  for (std::size_t i = sequence.size(); i-- > 0;) {
    if (std::find(mutant.rules().begin(), mutant.rules().end(), sequence[i].rule) != mutant.rules().end()) return i;
  }
  return sequence.size() - 1;
}

// Leaves out cases that were made for mutants which others tell as well, the longest first.
void drop_needless(const Model& model, const Hunt& hunt, const std::set<std::size_t>& mutant_cases,
                   std::vector<Case>& cases) {
  std::vector<std::vector<std::size_t>> kills(cases.size());
  std::vector<std::size_t> killers(hunt.size(), 0);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    LawRun run(model, calls_of(cases[i]));
    for (std::size_t mutant = 0; mutant < hunt.size(); ++mutant) {
      if (hunt.is_alive(mutant) || !distinguishes(hunt.mutant(mutant), run)) continue;
      kills[i].push_back(mutant);
      ++killers[mutant];
    }
  }
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cases[a].steps.size() > cases[b].steps.size(); });
  std::vector<bool> needless(cases.size(), false);
  for (const std::size_t i : order) {
    const auto shared = [&](std::size_t mutant) { return killers[mutant] > 1; };
    if (!mutant_cases.count(i) || !std::all_of(kills[i].begin(), kills[i].end(), shared)) continue;
    needless[i] = true;
    for (const std::size_t mutant : kills[i]) --killers[mutant];
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (needless[i]) continue;
    if (kept != i) cases[kept] = std::move(cases[i]);
    ++kept;
  }
  cases.resize(kept);
}

// The stages of generation, in the order in which they run.
class SuiteMaker {
 public:
  SuiteMaker(const Model& model, const GenerateOptions& options)
      : model_(model),
        options_(options),
        simplicity_(model.law()),
        goals_(list_goals(model.law())),
        hunt_(model, simplicity_, options.seed) {}

  Suite run() {
    suite_.goals = goals_.size();
    suite_.open = list_open(model_.law());
    find_goals();
    cover_goals();
    cover_survey();
    kill_mutants();
    finish();
    return std::move(suite_);
  }

 private:
  template <typename Keeps>
  Sequence minimized(Sequence sequence, Keeps keeps) {
    Budget budget(options_.minimize_calls);
    Sequence result = minimize(model_.law(), simplicity_, std::move(sequence), budget, keeps);
    suite_.calls += budget.spent();
    return result;
  }

  void add(const Sequence& sequence, std::size_t subject, std::string reason) {
    Case made = make_case(model_, sequence, subject);
    made.reason = std::move(reason);
    hunt_.strike(calls_of(made));
    suite_.cases.push_back(std::move(made));
  }

  void find_goals() {
    Budget budget(options_.explore_calls);
    ExploreOptions explore_options;
    explore_options.seed = options_.seed;
    witnesses_ = find_witnesses(model_, goals_, explore_options, budget);
    suite_.calls += budget.spent() + witnesses_.focus_calls;
    if (options_.reach) reach_further();
    Budget varying(options_.vary_calls);
    vary_witnesses(model_, goals_, options_.seed, varying, witnesses_);
    Budget grafting(options_.graft_calls);
    graft_witnesses(model_, goals_, options_.seed, grafting, witnesses_);
    suite_.calls += varying.spent() + grafting.spent();
  }

  // Goals that lie deeper than exploration goes; the states on the way to them join the pool.
  void reach_further() {
    std::vector<std::size_t> missed;
    std::vector<Goal> wanted;
    for (std::size_t i = 0; i < goals_.size(); ++i) {
      if (witnesses_.of_goal[i]) continue;
      missed.push_back(i);
      wanted.push_back(goals_[i]);
    }
    if (wanted.empty()) return;
    const std::vector<std::optional<std::vector<Call>>> found = options_.reach(wanted);
    std::vector<Reached> deeper;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) continue;
      Reached reached{World(model_.law()), {}};
      for (const SequenceStep& step : name_calls(model_, *found[i])) {
        reached.world.play(model_, reached.world.names().resolve(step));
        reached.sequence.push_back(step);
        const auto is_same = [&](const Reached& other) { return other.world.state() == reached.world.state(); };
        if (std::none_of(deeper.begin(), deeper.end(), is_same)) deeper.push_back(reached);
      }
      if (reaches(model_, wanted[i], reached.sequence)) witnesses_.of_goal[missed[i]] = std::move(reached.sequence);
    }
    std::move(deeper.begin(), deeper.end(), std::back_inserter(witnesses_.pool));
    std::stable_sort(witnesses_.pool.begin(), witnesses_.pool.end(),
                     [](const Reached& a, const Reached& b) { return a.sequence.size() < b.sequence.size(); });
  }

  // One case for each outcome.
  void cover_goals() {
    for (std::size_t i = 0; i < goals_.size(); ++i) {
      const Goal& goal = goals_[i];
      std::optional<Sequence>& witness = witnesses_.of_goal[i];
      if (!witness || !reaches(model_, goal, *witness)) {
        suite_.uncovered.push_back(goal.id);
        continue;
      }
      const Sequence sequence =
          minimized(std::move(*witness), [&](const Sequence& candidate) { return reaches(model_, goal, candidate); });
      add(sequence, sequence.size() - 1, "");
    }
  }

  // One case for each pair and each circumstance that no case shows yet, shortest first.
  void cover_survey() {
    Budget budget(options_.explore_calls);
    const Sampler sampler(model_.law());
    std::map<std::string, Sequence> found =
        survey(model_, sampler, witnesses_.pool, options_.survey_draws, options_.seed, budget, SurveyScope::call);
    suite_.calls += budget.spent();
    suite_.circumstances = found.size();
    std::vector<std::string> keys;
    for (const auto& [key, sequence] : found) keys.push_back(key);
    std::stable_sort(keys.begin(), keys.end(),
                     [&](const std::string& a, const std::string& b) { return found[a].size() < found[b].size(); });
    std::set<std::string> shown;
    const auto show = [&](const Case& one) {
      for (std::string& key : shown_by(model_, calls_of(one), SurveyScope::call)) shown.insert(std::move(key));
    };
    for (const Case& one : suite_.cases) show(one);
    for (const std::string& key : keys) {
      if (shown.count(key) != 0) continue;
      const Sequence sequence = minimized(std::move(found[key]), [&](const Sequence& candidate) {
        const std::vector<std::string> last = shown_by(model_, candidate, SurveyScope::call, candidate.size() - 1);
        return std::find(last.begin(), last.end(), key) != last.end();
      });
      add(sequence, sequence.size() - 1, key);
      show(suite_.cases.back());
    }
  }

  void kill_mutants() {
    const auto take = [&](const Kill& kill) {
      const MutantModel& mutant = hunt_.mutant(kill.mutant);
      mutant_cases_.insert(suite_.cases.size());
      add(kill.sequence, subject_of(mutant, kill.sequence), "Tells the law from this one: " + mutant.text());
    };
    Budget budget(options_.hunt_calls);
    hunt_.run(witnesses_.pool, options_.hunt_draws, options_.minimize_calls, budget, take);
    std::vector<Sequence> sequences;
    for (const Case& one : suite_.cases) sequences.push_back(calls_of(one));
    Budget splicing(options_.splice_calls);
    hunt_.splice(sequences, options_.minimize_calls, splicing, take);
    Budget beside(options_.neighbour_calls);
    hunt_.neighbours(sequences, options_.minimize_calls, beside, take);
    hunt_.vary(sequences, options_.vary_draws, options_.minimize_calls, budget, take);
    suite_.calls += budget.spent() + splicing.spent() + beside.spent();
  }

  void finish() {
    suite_.mutants = hunt_.size();
    for (std::size_t i = 0; i < hunt_.size(); ++i) {
      if (hunt_.is_alive(i)) suite_.survivors.push_back(hunt_.mutant(i).text());
    }
    drop_needless(model_, hunt_, mutant_cases_, suite_.cases);
    order_cases(model_.law(), suite_.cases);
  }

  const Model& model_;
  const GenerateOptions& options_;
  Simplicity simplicity_;
  std::vector<Goal> goals_;
  Hunt hunt_;
  Witnesses witnesses_;
  std::set<std::size_t> mutant_cases_;  // indexes of cases made for a mutant alone
  Suite suite_;
};

}  // namespace

Suite generate_suite(const Model& model, const GenerateOptions& options) {
  return options.thorough ? generate_thorough_suite(model, options) : SuiteMaker(model, options).run();
}

}  // namespace iolaw
