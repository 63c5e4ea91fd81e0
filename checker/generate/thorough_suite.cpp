// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/thorough_suite.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_set>

#include "checker/differ/starts.hpp"
#include "checker/generate/closing.hpp"
#include "checker/generate/decision_model.hpp"
#include "checker/generate/decision_search.hpp"
#include "checker/generate/graft.hpp"
#include "checker/generate/grow_pool.hpp"
#include "checker/generate/hunt.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/select_cases.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/survey.hpp"
#include "checker/generate/telling.hpp"
#include "checker/generate/vary.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {
namespace {

// What the case is about: the last call of a rule that the mutant changes.
std::size_t killer_in(const MutantModel& mutant, const Sequence& sequence) {
  for (std::size_t i = sequence.size(); i-- > 0;) {
    if (std::find(mutant.rules().begin(), mutant.rules().end(), sequence[i].rule) != mutant.rules().end()) return i;
  }
  return sequence.size() - 1;
}

std::vector<Goal> goals_to_ask(const Law& law) {
  std::vector<Goal> goals = list_goals(law);
  std::erase_if(goals,
                [&](const Goal& goal) { return goal.branch == kSuccess && chooses_number(law.rules[goal.rule]); });
  return goals;
}

// Goals whose sequences are made shorter at one time, before it is looked which are shown besides.
constexpr std::size_t kBatch = 64;
// Calls of the model, at most; and not more than options.explore_calls.
constexpr std::uint64_t kExploreCalls = 600'000;
constexpr std::uint64_t kGrowCalls = 800'000;
constexpr std::uint64_t kSurveyCalls = 3'000'000;

// The stages of generation, in the order in which they run.
class ThoroughMaker {
 public:
  ThoroughMaker(const Model& model, const GenerateOptions& options)
      : model_(model),
        law_(model.law()),
        options_(options),
        simplicity_(law_),
        goals_(goals_to_ask(law_)),
        decisions_(list_decisions(law_)),
        shows_(law_, decisions_),
        decided_(decisions_.size(), false),
        closing_(model),
        telling_(model, options.seed),
        judge_(model),
        hunt_(model, simplicity_, options.seed) {}

  Suite run() {
    suite_.goals = goals_.size();
    suite_.open = list_open(law_);
    find_starts_of_all();
    find_goals();
    cover_goals();
    suite_.calls += grow_pool(model_, witnesses_.pool, options_.seed, std::min(kGrowCalls, options_.explore_calls));
    sort_pool();
    cover_decisions();
    cover_slips();
    cover_survey();
    kill_mutants();
    finish();
    return std::move(suite_);
  }

 private:
  template <typename Keeps>
  Sequence minimized(Sequence sequence, Keeps keeps) {
    Budget budget(options_.minimize_calls);
    Sequence result = minimize(law_, simplicity_, std::move(sequence), budget, keeps);
    suite_.calls += budget.spent();
    return result;
  }

  void add(const Sequence& sequence, std::size_t subject, std::string reason) {
    const bool is_last = subject + 1 == sequence.size();
    Case made = make_case(model_, sequence, subject, is_last ? telling_.calls(sequence) : Sequence{}, &closing_);
    made.reason = std::move(reason);
    const Sequence calls = calls_of(made);
    hunt_.strike(calls);
    each_decision(
        calls, [&](std::size_t goal) { decided_[goal] = true; }, true);
    suite_.cases.push_back(std::move(made));
  }

  // Goals about decisions that the steps of a sequence show: all, or those that were not shown yet.
  template <typename Visit>
  void each_decision(const Sequence& sequence, Visit visit, bool only_new) {
    World world(law_);
    for (const SequenceStep& step : sequence) {
      const Call call = world.names().resolve(step);
      State before = world.state();
      const auto played = world.play(model_, call);
      if (!played) return;
      for (const std::size_t goal : shows_.of_rule(call.rule)) {
        if (only_new && decided_[goal]) continue;
        if (shows_.fits(goal, played->branch) && shows_.shows(goal, before, call)) visit(goal);
      }
    }
  }

  // Histories that differ in kind: the states on their ways are the pool, their last calls are ways to outcomes.
  void find_starts_of_all() {
    witnesses_.of_goal.resize(goals_.size());
    witnesses_.pool.push_back({World(law_), {}});
    std::unordered_set<std::uint64_t> seen{witnesses_.pool.front().world.state().hash()};
    const std::vector<Start> starts = find_starts(model_);
    for (const Start& start : starts) {
      Reached reached{World(law_), {}};
      for (const SequenceStep& step : start.history) {
        const auto played = reached.world.play(model_, reached.world.names().resolve(step));
        if (!played) break;
        reached.sequence.push_back(step);
        offer(reached.sequence, played->branch);
        if (seen.insert(reached.world.state().hash()).second) witnesses_.pool.push_back(reached);
      }
      for (const SequenceStep& step : start.calls) {
        World world = reached.world;
        Sequence sequence = reached.sequence;
        sequence.push_back(step);
        if (const auto played = world.play(model_, world.names().resolve(step))) offer(sequence, played->branch);
        known_.push_back(std::move(sequence));
      }
      known_.push_back(std::move(reached.sequence));
    }
  }

  // The shortest witness is kept.
  void offer(const Sequence& sequence, std::uint32_t branch) {
    for (std::size_t i = 0; i < goals_.size(); ++i) {
      if (goals_[i].rule != sequence.back().rule || goals_[i].branch != branch) continue;
      std::optional<Sequence>& witness = witnesses_.of_goal[i];
      if (!witness || sequence.size() < witness->size()) witness = sequence;
    }
  }

  void find_goals() {
    Budget budget(std::min(kExploreCalls, options_.explore_calls));
    ExploreOptions explore_options;
    explore_options.seed = options_.seed;
    Witnesses explored = find_witnesses(model_, goals_, explore_options, budget);
    suite_.calls += budget.spent() + explored.focus_calls;
    for (const std::optional<Sequence>& witness : explored.of_goal) {
      if (!witness) continue;
      offer(*witness, goals_[static_cast<std::size_t>(&witness - explored.of_goal.data())].branch);
    }
    std::move(explored.pool.begin() + 1, explored.pool.end(), std::back_inserter(witnesses_.pool));
    sort_pool();
    if (options_.reach) reach_further();

    Budget grafting(options_.graft_calls);
    graft_witnesses(model_, goals_, options_.seed, grafting, witnesses_);

    Budget varying(options_.vary_calls);
    vary_witnesses(model_, goals_, options_.seed, varying, witnesses_);
    suite_.calls += varying.spent() + grafting.spent();
  }

  void sort_pool() {
    std::stable_sort(witnesses_.pool.begin(), witnesses_.pool.end(),
                     [](const Reached& a, const Reached& b) { return a.sequence.size() < b.sequence.size(); });
  }

  // The states on the way of a sequence join the pool, its last call being left out.
  void add_to_pool(const Sequence& sequence) {
    Reached reached{World(law_), {}};
    for (std::size_t i = 0; i + 1 < sequence.size(); ++i) {
      if (!reached.world.play(model_, reached.world.names().resolve(sequence[i]))) return;
      reached.sequence.push_back(sequence[i]);
      if (in_pool_.insert(reached.world.state().hash()).second) witnesses_.pool.push_back(reached);
    }
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
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) continue;
      Sequence sequence = name_calls(model_, *found[i]);
      add_to_pool(sequence);
      if (reaches(model_, wanted[i], sequence)) witnesses_.of_goal[missed[i]] = std::move(sequence);
    }
    sort_pool();
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
      known_.push_back(sequence);
      add_to_pool(sequence);
      add(sequence, sequence.size() - 1, "");
    }
    sort_pool();
  }

  // Cases for goals about decisions that no case shows yet, in the order of the law.
  void cover_decisions() {
    DecisionSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    DecisionWitnesses found = find_decisions(law_, decisions_, witnesses_.pool, known_, search);
    suite_.calls += found.calls;
    for (const std::optional<Sequence>& witness : found.of_goal) {
      if (witness) add_to_pool(*witness);
    }
    sort_pool();
    std::size_t next = 0;
    while (next < decisions_.size()) {
      std::vector<std::size_t> batch;
      for (; next < decisions_.size() && batch.size() < kBatch; ++next) {
        if (!decided_[next] && found.of_goal[next]) batch.push_back(next);
      }
      std::vector<Sequence> shorter(batch.size());
      in_parallel(options_.threads, batch.size(), [&](std::size_t i) {
        shorter[i] = minimized_decision(batch[i], std::move(*found.of_goal[batch[i]]));
      });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (decided_[batch[i]] || shorter[i].empty()) continue;
        add(shorter[i], shorter[i].size() - 1, decisions_[batch[i]].id);
      }
    }
  }

  // On any thread.
  Sequence minimized_decision(std::size_t index, Sequence sequence) const {
    const Model model(law_);
    const std::vector<DecisionGoal> alone{decisions_[index]};
    DecisionModel decision(law_, alone);
    Budget budget(options_.minimize_calls);
    return minimize(law_, simplicity_, std::move(sequence), budget, [&](const Sequence& candidate) {
      if (candidate.empty() || candidate.back().rule != alone[0].rule) return false;
      World world(law_);
      for (std::size_t i = 0; i + 1 < candidate.size(); ++i) {
        if (!world.play(model, world.names().resolve(candidate[i]))) return false;
      }
      State before = world.state();
      const Call call = world.names().resolve(candidate.back());
      const auto played = world.play(model, call);
      return played && decision.fits(0, played->branch) && decision.shows(0, before, call);
    });
  }

  // One case for each slip and rule that tells it that no case shows yet, shortest first.
  void cover_slips() {
    SlipSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    std::map<std::string, Sequence> found = find_slips(law_, witnesses_.pool, search, suite_.calls);
    suite_.slips = found.size();
    std::vector<std::string> keys;
    for (const auto& [key, sequence] : found) keys.push_back(key);
    std::stable_sort(keys.begin(), keys.end(),
                     [&](const std::string& a, const std::string& b) { return found[a].size() < found[b].size(); });
    std::unordered_set<std::string> shown;
    const auto show = [&](const Case& one) {
      for (std::string& key : judge_.shown_by(calls_of(one))) shown.insert(std::move(key));
    };
    for (const Case& one : suite_.cases) show(one);
    for (std::size_t next = 0; next < keys.size();) {
      std::vector<std::size_t> batch;
      for (; next < keys.size() && batch.size() < kBatch; ++next) {
        if (shown.count(keys[next]) == 0) batch.push_back(next);
      }
      std::vector<Sequence> shorter(batch.size());
      in_parallel(options_.threads, batch.size(), [&](std::size_t i) {
        const std::string& key = keys[batch[i]];
        const Model model(law_);
        SlipJudge judge(model);
        Budget budget(options_.minimize_calls);
        shorter[i] = minimize(law_, simplicity_, std::move(found[key]), budget,
                              [&](const Sequence& candidate) { return judge.shows(candidate, key); });
      });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const std::string& key = keys[batch[i]];
        if (shown.count(key) != 0 || shorter[i].empty()) continue;
        add(shorter[i], shorter[i].size() - 1, key);
        show(suite_.cases.back());
      }
    }
  }

  // One case for each pair and each circumstance that no case shows yet, shortest first.
  void cover_survey() {
    Budget budget(std::min(kSurveyCalls, options_.explore_calls));
    const Sampler sampler(law_);
    std::map<std::string, Sequence> found =
        survey(model_, sampler, witnesses_.pool, options_.survey_draws, options_.seed, budget, SurveyScope::around);
    suite_.calls += budget.spent();
    suite_.circumstances = found.size();
    std::vector<std::string> keys;
    for (const auto& [key, sequence] : found) keys.push_back(key);
    std::stable_sort(keys.begin(), keys.end(),
                     [&](const std::string& a, const std::string& b) { return found[a].size() < found[b].size(); });
    std::set<std::string> shown;
    const auto show = [&](const Case& one) {
      for (std::string& key : shown_by(model_, calls_of(one), SurveyScope::around)) shown.insert(std::move(key));
    };
    for (const Case& one : suite_.cases) show(one);
    for (const std::string& key : keys) {
      if (shown.count(key) != 0) continue;
      const Sequence sequence = minimized(std::move(found[key]), [&](const Sequence& candidate) {
        const std::vector<std::string> last = shown_by(model_, candidate, SurveyScope::around, candidate.size() - 1);
        return std::find(last.begin(), last.end(), key) != last.end();
      });
      add(sequence, sequence.size() - 1, key);
      show(suite_.cases.back());
    }
  }

  void kill_mutants() {
    const auto take = [&](const Kill& kill) {
      const MutantModel& mutant = hunt_.mutant(kill.mutant);
      add(kill.sequence, killer_in(mutant, kill.sequence), "Tells the law from this one: " + mutant.text());
    };
    Budget budget(options_.hunt_calls);
    hunt_.run(witnesses_.pool, options_.hunt_draws, options_.minimize_calls, budget, take);
    std::vector<Sequence> sequences;
    for (const Case& one : suite_.cases) sequences.push_back(calls_of(one));
    hunt_.vary(sequences, options_.vary_draws, options_.minimize_calls, budget, take);
    suite_.calls += budget.spent();
  }

  void finish() {
    suite_.mutants = hunt_.size();
    for (std::size_t i = 0; i < hunt_.size(); ++i) {
      if (hunt_.is_alive(i)) suite_.survivors.push_back(hunt_.mutant(i).text());
    }
    make_table();

    order_cases(law_, suite_.cases);
  }

  void make_table() {
    suite_.table.push_back({"outcome", goals_.size(), goals_.size() - suite_.uncovered.size(), {}, suite_.uncovered});
    std::vector<DecisionGoal> missed;
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      if (!decided_[i]) missed.push_back(decisions_[i]);
    }
    const std::vector<bool> impossible = options_.refute ? options_.refute(missed) : std::vector<bool>(missed.size());
    const auto begin = static_cast<std::ptrdiff_t>(suite_.table.size());
    for (std::size_t kind = 0; kind < kDecisionKinds; ++kind) {
      suite_.table.push_back({kind_name(static_cast<DecisionGoal::Kind>(kind)), 0, 0, {}, {}});
    }
    const auto row = [&](const DecisionGoal& goal) -> GoalTable& {
      return suite_.table[static_cast<std::size_t>(begin) + static_cast<std::size_t>(goal.kind)];
    };
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      ++row(decisions_[i]).goals;
      row(decisions_[i]).covered += decided_[i] ? 1 : 0;
    }
    for (std::size_t i = 0; i < missed.size(); ++i) {
      (impossible[i] ? row(missed[i]).impossible : row(missed[i]).open).push_back(missed[i].id);
    }
  }

  // Everything that the suite is to show stays shown.
  void drop_needless() {
    std::vector<Shown> shown(suite_.cases.size());
    std::map<std::string, std::uint32_t> keys;
    const auto number = [&](const std::string& key) {
      return keys.emplace(key, static_cast<std::uint32_t>(keys.size())).first->second;
    };
    for (std::size_t i = 0; i < suite_.cases.size(); ++i) {
      const Case& one = suite_.cases[i];
      const Sequence calls = calls_of(one);
      std::vector<std::uint32_t>& goals = shown[i].goals;
      shown[i].steps = calls.size();
      // An outcome is shown by the case whose subject it is.
      goals.push_back(number(branch_id(law_.rules[one.rule], one.steps[one.subject].branch)));
      for (const std::string& key : shown_by(model_, calls, SurveyScope::around)) goals.push_back(number(key));
      for (const std::string& key : judge_.shown_by(calls)) goals.push_back(number(key));
      each_decision(
          calls, [&](std::size_t goal) { goals.push_back(number(decisions_[goal].id)); }, false);
      LawRun run(model_, calls);
      for (std::size_t mutant = 0; mutant < hunt_.size(); ++mutant) {
        if (hunt_.is_alive(mutant) || !distinguishes(hunt_.mutant(mutant), run)) continue;
        goals.push_back(number("mutant " + std::to_string(mutant)));
      }
      std::sort(goals.begin(), goals.end());
      goals.erase(std::unique(goals.begin(), goals.end()), goals.end());
    }
    const std::vector<bool> kept = select_cases(shown);
    std::size_t size = 0;
    for (std::size_t i = 0; i < suite_.cases.size(); ++i) {
      if (!kept[i]) continue;
      if (size != i) suite_.cases[size] = std::move(suite_.cases[i]);
      ++size;
    }
    suite_.cases.resize(size);
  }

  const Model& model_;
  const Law& law_;
  const GenerateOptions& options_;
  Simplicity simplicity_;
  std::vector<Goal> goals_;
  std::vector<DecisionGoal> decisions_;
  DecisionModel shows_;
  std::vector<bool> decided_;  // parallel to decisions_: a case shows it
  Closing closing_;
  Telling telling_;
  SlipJudge judge_;
  Hunt hunt_;
  Witnesses witnesses_;
  std::unordered_set<std::uint64_t> in_pool_;  // hashes of states that joined it late
  std::vector<Sequence> known_;                // histories worth looking beside
  Suite suite_;
};

}  // namespace

Suite generate_thorough_suite(const Model& model, const GenerateOptions& options) {
  return ThoroughMaker(model, options).run();
}

}  // namespace iolaw
