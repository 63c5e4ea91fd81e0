// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "checker/generate/closing.hpp"
#include "checker/generate/decision_model.hpp"
#include "checker/generate/decision_search.hpp"
#include "checker/generate/grow_pool.hpp"
#include "checker/generate/hunt_in_parts.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/needed_cases.hpp"
#include "checker/generate/outcome_search.hpp"
#include "checker/generate/shorten_decision.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/survey.hpp"
#include "checker/generate/telling.hpp"

namespace iolaw {
namespace {

// What the case is about: the last call of a rule that the mutant changes.
std::size_t subject_of(const MutantModel& mutant, const Sequence& sequence) {
  for (std::size_t i = sequence.size(); i-- > 0;) {
    if (std::find(mutant.rules().begin(), mutant.rules().end(), sequence[i].rule) != mutant.rules().end()) return i;
  }
  return sequence.size() - 1;
}

// Sequences that are made shorter at one time, before it is looked which of their goals are shown besides.
constexpr std::size_t kBatch = 64;
// Calls of the model, at most; and not more than options.explore_calls.
constexpr std::uint64_t kGrowCalls = 250'000;

// The stages of generation, in the order in which they run.
class SuiteMaker {
 public:
  SuiteMaker(const Model& model, const GenerateOptions& options)
      : model_(model),
        law_(model.law()),
        options_(options),
        simplicity_(law_),
        goals_(list_goals(law_)),
        decisions_(list_decisions(law_)),
        shows_(law_, decisions_),
        decided_(decisions_.size(), false),
        closing_(model),
        telling_(model, options.seed),
        outcomes_(model, goals_, options_),
        hunt_(model, simplicity_, options.seed, make_mutants(law_)) {}

  Suite run() {
    suite_.goals = goals_.size();
    suite_.open = list_open(law_);
    outcomes_.run();
    suite_.calls += grow_pool(model_, outcomes_.pool(), options_.seed, std::min(kGrowCalls, options_.explore_calls));
    outcomes_.sort_pool();
    const DecisionWitnesses decided = search_decisions();
    outcomes_.run_on();
    suite_.calls += outcomes_.calls();
    cover_goals();
    cover_decisions(decided);
    cover_slips();
    cover_survey();
    kill_mutants();
    finish();
    return std::move(suite_);
  }

 private:
  void add(const Sequence& sequence, std::size_t subject, std::string reason) {
    const bool is_last = subject + 1 == sequence.size();
    Case made = make_case(model_, sequence, subject, is_last ? telling_.calls(sequence) : Sequence{}, &closing_);
    made.reason = std::move(reason);
    const Sequence calls = calls_of(made);
    fixed_.push_back(hunt_.strike(calls) > 0);
    note_decisions(calls);
    suite_.cases.push_back(std::move(made));
  }

  void note_decisions(const Sequence& sequence) {
    World world(law_);
    for (const SequenceStep& step : sequence) {
      const Call call = world.names().resolve(step);
      State before = world.state();
      const auto played = world.play(model_, call);
      if (!played) return;
      for (const std::size_t goal : shows_.of_rule(call.rule)) {
        if (!decided_[goal] && shows_.fits(goal, played->branch) && shows_.shows(goal, before, call)) {
          decided_[goal] = true;
        }
      }
    }
  }

  // Finds out what the latest cases show.
  void catch_up() {
    std::vector<Sequence> latest;
    for (std::size_t i = keys_.size(); i < suite_.cases.size(); ++i) latest.push_back(calls_of(suite_.cases[i]));
    for (std::vector<std::string>& keys : keys_of(law_, latest, options_.threads)) {
      shown_.insert(keys.begin(), keys.end());
      keys_.push_back(std::move(keys));
    }
  }

  // Sequences 0 to `count`, as many at a time as there are in a batch: those that are wanted are made shorter by
  // several threads, and taken in order if they are wanted still. `shorten` may run on any thread.
  template <typename IsWanted, typename Shorten, typename Take>
  void in_batches(std::size_t count, IsWanted is_wanted, Shorten shorten, Take take) {
    for (std::size_t next = 0; next < count;) {
      std::vector<std::size_t> batch;
      for (; next < count && batch.size() < kBatch; ++next) {
        if (is_wanted(next)) batch.push_back(next);
      }
      std::vector<Sequence> shorter(batch.size());
      in_parallel(options_.threads, batch.size(), [&](std::size_t i) { shorter[i] = shorten(batch[i]); });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!shorter[i].empty() && is_wanted(batch[i])) take(batch[i], shorter[i]);
      }
    }
  }

  template <typename Keeps>
  Sequence shortened(Sequence sequence, Keeps keeps) const {
    Budget budget(options_.minimize_calls);
    return minimize(law_, simplicity_, std::move(sequence), budget, keeps);
  }

  // One case for each outcome.
  void cover_goals() {
    const std::vector<std::optional<Sequence>>& witnesses = outcomes_.of_goal();
    std::vector<bool> found(goals_.size(), false);
    in_batches(
        goals_.size(), [&](std::size_t i) { return witnesses[i] && reaches(model_, goals_[i], *witnesses[i]); },
        [&](std::size_t i) {
          const Model model(law_);
          return shortened(*witnesses[i],
                           [&](const Sequence& candidate) { return reaches(model, goals_[i], candidate); });
        },
        [&](std::size_t i, const Sequence& sequence) {
          found[i] = true;
          outcomes_.add_to_pool(sequence);
          add(sequence, sequence.size() - 1, "");
          fixed_.back() = true;
        });
    for (std::size_t i = 0; i < goals_.size(); ++i) {
      if (!found[i]) suite_.uncovered.push_back(goals_[i].id);
    }
    outcomes_.sort_pool();
  }

  DecisionWitnesses search_decisions() {
    DecisionSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls *= options_.effort;
    search.calls_per_goal *= options_.effort;
    std::vector<Sequence> known = outcomes_.histories();
    known.insert(known.end(), options_.seeds.begin(), options_.seeds.end());
    for (const std::optional<Sequence>& witness : outcomes_.of_goal()) {
      if (witness) known.push_back(*witness);
    }
    DecisionWitnesses found = find_decisions(law_, decisions_, outcomes_.pool(), known, search);
    suite_.calls += found.calls;
    for (const std::optional<Sequence>& witness : found.of_goal) {
      if (witness) outcomes_.add_to_pool(*witness);
    }
    for (const auto& [branch, sequence] : found.of_branch) outcomes_.offer(sequence, branch);
    outcomes_.sort_pool();
    return found;
  }

  // Cases for goals about decisions that no case shows yet, in the order of the law.
  void cover_decisions(const DecisionWitnesses& found) {
    in_batches(
        decisions_.size(), [&](std::size_t i) { return !decided_[i] && found.of_goal[i]; },
        [&](std::size_t i) {
          return shorten_decision(law_, simplicity_, decisions_[i], *found.of_goal[i], options_.minimize_calls);
        },
        [&](std::size_t i, const Sequence& sequence) { add(sequence, sequence.size() - 1, decisions_[i].id); });
  }

  // One case for each key that no case shows yet, those with the shortest sequences first. `shows(model)` makes a judge
  // of (sequence, key) for a thread.
  template <typename Shows>
  void cover_keys(const std::map<std::string, Sequence>& found, Shows shows) {
    catch_up();
    std::vector<const std::pair<const std::string, Sequence>*> wanted;
    for (const auto& one : found) wanted.push_back(&one);
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto* a, const auto* b) { return a->second.size() < b->second.size(); });
    in_batches(
        wanted.size(), [&](std::size_t i) { return shown_.count(wanted[i]->first) == 0; },
        [&](std::size_t i) {
          const Model model(law_);
          auto judge = shows(model);
          return shortened(wanted[i]->second,
                           [&](const Sequence& candidate) { return judge(candidate, wanted[i]->first); });
        },
        [&](std::size_t i, const Sequence& sequence) {
          add(sequence, sequence.size() - 1, wanted[i]->first);
          catch_up();
        });
  }

  // What a call may leave behind, and a rule that tells it.
  void cover_slips() {
    SlipSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls *= options_.effort;
    const std::map<std::string, Sequence> found = find_slips(law_, outcomes_.pool(), search, suite_.calls);
    suite_.slips = found.size();
    cover_keys(found, [](const Model& model) {
      return [judge = std::make_shared<SlipJudge>(model)](const Sequence& candidate, const std::string& key) {
        return judge->shows(candidate, key);
      };
    });
  }

  // Pairs of calls, and circumstances of outcomes.
  void cover_survey() {
    SurveyOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls = options_.effort * std::min(search.calls, options_.explore_calls);
    search.draws = options_.survey_draws;
    const std::map<std::string, Sequence> found = survey(law_, outcomes_.pool(), search, suite_.calls);
    suite_.circumstances = found.size();
    cover_keys(found, [](const Model& model) {
      return [&model](const Sequence& candidate, const std::string& key) {
        const std::vector<std::string> last = shown_by(model, candidate, candidate.size() - 1);
        return std::find(last.begin(), last.end(), key) != last.end();
      };
    });
  }

  void kill_mutants() {
    std::vector<Sequence> sequences;
    for (const Case& one : suite_.cases) sequences.push_back(calls_of(one));
    for (const Kill& kill : hunt_in_parts(law_, hunt_, outcomes_.pool(), sequences, options_, suite_.calls)) {
      if (!hunt_.is_alive(kill.mutant)) continue;
      const MutantModel& mutant = hunt_.mutant(kill.mutant);
      add(kill.sequence, subject_of(mutant, kill.sequence), "Tells the law from this one: " + mutant.text());
    }
  }

  void finish() {
    suite_.mutants = hunt_.size();
    for (std::size_t i = 0; i < hunt_.size(); ++i) {
      if (hunt_.is_alive(i)) suite_.survivors.push_back(hunt_.mutant(i).text());
    }
    make_table();
    catch_up();
    const std::vector<bool> needed = needed_cases(law_, suite_.cases, keys_, decisions_, fixed_, options_.threads);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < suite_.cases.size(); ++i) {
      if (!needed[i]) continue;
      if (kept != i) suite_.cases[kept] = std::move(suite_.cases[i]);
      ++kept;
    }
    suite_.cases.resize(kept);
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
  OutcomeSearch outcomes_;
  Hunt hunt_;
  std::vector<std::vector<std::string>> keys_;  // per case: what it shows; of the latest maybe not yet
  std::unordered_set<std::string> shown_;       // all of these
  std::vector<bool> fixed_;                     // per case: it is an outcome's, or was the first to tell some mutant
  Suite suite_;
};

}  // namespace

Suite generate_suite(const Model& model, const GenerateOptions& options) { return SuiteMaker(model, options).run(); }

}  // namespace iolaw
