// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <algorithm>
#include <map>

#include "checker/generate/decision_search.hpp"
#include "checker/generate/grow_pool.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/keep_cases.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/mutant_hunts.hpp"
#include "checker/generate/needed_cases.hpp"
#include "checker/generate/outcome_search.hpp"
#include "checker/generate/shorten_decision.hpp"
#include "checker/generate/suite_cases.hpp"
#include "checker/generate/survey.hpp"

namespace iolaw {
namespace {

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
        makers_([this] { return std::make_unique<CaseMaker>(law_, decisions_, options_.seed); }),
        cases_(decisions_),
        outcomes_(model, goals_, options_),
        mutants_(law_, options),
        killed_(mutants_.size(), false) {}

  Suite run() {
    suite_.goals = goals_.size();
    suite_.open = list_open(law_);
    keep_earlier();
    outcomes_.take_known();
    if (suite_.rules_searched > 0) {
      outcomes_.run();
      suite_.calls += grow_pool(model_, outcomes_.pool(), options_.seed, std::min(kGrowCalls, options_.explore_calls));
      outcomes_.sort_pool();
    }
    const DecisionWitnesses decided = search_decisions();
    if (suite_.rules_searched > 0) outcomes_.run_on();
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
  // Begins with the cases of an earlier suite, and sees what is to be searched for.
  void keep_earlier() {
    KeptMade kept = keep_cases(options_.earlier.cases, decisions_, mutants_, makers_, options_.threads);
    for (MadeCase& one : kept.cases) {
      const Case& made = one.made;
      Sequence way = calls_of(made);
      way.resize(made.subject + 1);
      outcomes_.offer(way, made.steps[made.subject].branch);
      if (!made.reason.empty()) bases_.push_back(std::move(way));
      cases_.add(std::move(one));
    }
    cases_.arrange();
    note_killed();
    suite_.kept = cases_.all().size();
    suite_.lost = options_.earlier.foreign;
    suite_.lost.insert(suite_.lost.end(), kept.lost.begin(), kept.lost.end());
    offered_ = options_.seeds;
    offered_.insert(offered_.end(), kept.scraps.begin(), kept.scraps.end());
    wanted_ = subject().unlike(options_.earlier.searched, options_.effort);
    if (options_.search) wanted_.assign(law_.rules.size(), true);
    suite_.rules_searched = static_cast<std::size_t>(std::count(wanted_.begin(), wanted_.end(), true));
    if (suite_.rules_searched == 0) return;
    for (const MadeCase& one : cases_.all()) {
      Sequence calls = calls_of(one.made);
      calls.resize(one.made.calls);
      outcomes_.add_to_pool(calls);
    }
  }

  // What the cases show now.
  SearchSubject subject() const {
    SearchSubject subject(law_);
    for (const Goal& goal : goals_) subject.add(goal.rule, goal.id, cases_.is_subject(goal.rule, goal.branch));
    for (std::size_t i = 0; i < decisions_.size(); ++i) {
      subject.add(decisions_[i].rule, decisions_[i].id, cases_.decided()[i]);
    }
    for (std::size_t i = 0; i < mutants_.size(); ++i) {
      subject.add(mutants_.rules()[i], mutants_.text(i), killed_[i]);
    }
    for (const auto* keys : {&cases_.circumstances(), &cases_.slips()}) {
      for (const std::string& key : *keys) subject.add_key(key);
    }
    return subject;
  }

  // Which mutants the latest cases tell from the law.
  void note_killed() {
    if (cases_asked_ == cases_.all().size()) return;
    std::vector<bool> alive = killed_;
    alive.flip();
    first_tellers_ = mutants_.first_to_tell(cases_.calls(cases_asked_), alive);
    cases_asked_ = cases_.all().size();
    for (std::size_t i = 0; i < killed_.size(); ++i) killed_[i] = killed_[i] || first_tellers_[i];
  }

  // Sequences 0 to `count`, as many at a time as there are in a batch: those that are wanted are made shorter and made
  // cases by several threads, and taken in order if they are wanted still. `shorten` gives a draft of one, on any
  // thread.
  template <typename IsWanted, typename Shorten, typename Taken>
  void in_batches(std::size_t count, IsWanted is_wanted, Shorten shorten, Taken taken) {
    for (std::size_t next = 0; next < count;) {
      std::vector<std::size_t> batch;
      for (; next < count && batch.size() < kBatch; ++next) {
        if (is_wanted(next)) batch.push_back(next);
      }
      std::vector<MadeCase> made(batch.size());
      in_parallel(options_.threads, batch.size(), [&](std::size_t i) {
        const auto maker = makers_.borrow();
        made[i] = maker->make(shorten(batch[i], *maker));
      });
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!is_wanted(batch[i])) continue;
        taken(batch[i], made[i].made);
        cases_.add(std::move(made[i]));
      }
    }
  }

  template <typename Keeps>
  Draft shortened(Sequence sequence, std::string reason, Keeps keeps) const {
    Budget budget(options_.minimize_calls);
    Draft draft{minimize(law_, simplicity_, std::move(sequence), budget, keeps), 0, std::move(reason)};
    draft.subject = draft.sequence.size() - 1;
    return draft;
  }

  // One case for each outcome.
  void cover_goals() {
    const std::vector<std::optional<Sequence>>& witnesses = outcomes_.of_goal();
    in_batches(
        goals_.size(),
        [&](std::size_t i) {
          return !cases_.is_subject(goals_[i].rule, goals_[i].branch) && witnesses[i] &&
                 reaches(model_, goals_[i], *witnesses[i]);
        },
        [&](std::size_t i, CaseMaker& maker) {
          return shortened(*witnesses[i], "",
                           [&](const Sequence& candidate) { return reaches(maker.model(), goals_[i], candidate); });
        },
        [&](std::size_t, const Case& made) {
          Sequence sequence = calls_of(made);
          sequence.resize(made.calls);
          outcomes_.add_to_pool(sequence);
        });
    for (const Goal& goal : goals_) {
      if (!cases_.is_subject(goal.rule, goal.branch)) suite_.uncovered.push_back(goal.id);
    }
    outcomes_.sort_pool();
  }

  DecisionWitnesses search_decisions() {
    DecisionSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls *= options_.effort;
    search.calls_per_goal *= options_.effort;
    search.rules = wanted_;
    std::vector<Sequence> known = outcomes_.histories();
    known.insert(known.end(), offered_.begin(), offered_.end());
    if (suite_.rules_searched > 0) {
      for (const std::optional<Sequence>& witness : outcomes_.of_goal()) {
        if (witness) known.push_back(*witness);
      }
    }
    DecisionWitnesses found =
        find_decisions(law_, decisions_, cases_.decided(), outcomes_.pool(), known, bases_, search);
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
        decisions_.size(), [&](std::size_t i) { return !cases_.decided()[i] && found.of_goal[i]; },
        [&](std::size_t i, CaseMaker&) {
          Draft draft{shorten_decision(law_, simplicity_, decisions_[i], *found.of_goal[i], options_.minimize_calls), 0,
                      decisions_[i].id};
          draft.subject = draft.sequence.size() - 1;
          return draft;
        },
        [](std::size_t, const Case&) {});
  }

  // What the last calls of a sequence show, which somebody else found: added where it is not known.
  template <typename ShownBy>
  void add_offered(std::map<std::string, Sequence>& found, ShownBy shown_by_last) {
    std::vector<std::vector<std::string>> keys(offered_.size());
    in_parallel(options_.threads, offered_.size(),
                [&](std::size_t i) { keys[i] = shown_by_last(*makers_.borrow(), offered_[i]); });
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      for (const std::string& key : keys[i]) found.emplace(key, offered_[i]);
    }
  }

  // One case for each key that no case shows yet, those with the shortest sequences first. `shows(maker, sequence,
  // key)` judges of last calls.
  template <typename Shows>
  void cover_keys(const std::map<std::string, Sequence>& found, Shows shows) {
    std::vector<const std::pair<const std::string, Sequence>*> wanted;
    for (const auto& one : found) wanted.push_back(&one);
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto* a, const auto* b) { return a->second.size() < b->second.size(); });
    in_batches(
        wanted.size(), [&](std::size_t i) { return !cases_.shows(wanted[i]->first); },
        [&](std::size_t i, CaseMaker& maker) {
          return shortened(wanted[i]->second, wanted[i]->first,
                           [&](const Sequence& candidate) { return shows(maker, candidate, wanted[i]->first); });
        },
        [](std::size_t, const Case&) {});
  }

  // What a call may leave behind, and a rule that tells it.
  void cover_slips() {
    SlipSearchOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls *= options_.effort;
    search.rules = wanted_;
    std::map<std::string, Sequence> found = find_slips(law_, outcomes_.pool(), search, suite_.calls);
    add_offered(found,
                [](CaseMaker& maker, const Sequence& sequence) { return maker.slips().shown_by_last(sequence); });
    cover_keys(found, [](CaseMaker& maker, const Sequence& candidate, const std::string& key) {
      return maker.slips().shows(candidate, key);
    });
  }

  // Pairs of calls, and circumstances of outcomes.
  void cover_survey() {
    SurveyOptions search;
    search.seed = options_.seed;
    search.threads = options_.threads;
    search.calls = options_.effort * std::min(search.calls, options_.explore_calls);
    search.draws = options_.survey_draws;
    search.rules = wanted_;
    std::map<std::string, Sequence> found = survey(law_, outcomes_.pool(), search, suite_.calls);
    const auto last = [](CaseMaker& maker, const Sequence& sequence) {
      return shown_by(maker.model(), sequence, sequence.size() - 1);
    };
    add_offered(found, last);
    cover_keys(found, [&](CaseMaker& maker, const Sequence& candidate, const std::string& key) {
      const std::vector<std::string> keys = last(maker, candidate);
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    });
  }

  void kill_mutants() {
    note_killed();
    const std::vector<Kill> kills = mutants_.hunt(wanted_, offered_, outcomes_.pool(), cases_.calls(), suite_.calls);
    in_batches(
        kills.size(), [](std::size_t) { return true; },
        [&](std::size_t i, CaseMaker&) {
          const Kill& kill = kills[i];
          return Draft{kill.sequence, mutants_.subject(kill.mutant, kill.sequence),
                       std::string(kTellsMutant) + mutants_.text(kill.mutant)};
        },
        [](std::size_t, const Case&) {});
    note_killed();
  }

  // Leaves out what is not needed. Cases for outcomes stay, and the first that tells some mutant.
  void finish() {
    if (cases_.arrange() || cases_.all().size() > suite_.kept) {
      first_tellers_ = mutants_.first_to_tell(cases_.calls(), killed_);
    }
    std::vector<bool> fixed;
    for (const MadeCase& one : cases_.all()) fixed.push_back(one.made.reason.empty());
    for (const std::optional<std::size_t>& teller : first_tellers_) {
      if (teller) fixed[*teller] = true;
    }
    cases_.keep(needed_cases(cases_.all(), fixed));
    suite_.searched = subject().record(options_.earlier.searched, options_.effort, wanted_);
    suite_.slips = cases_.slips().size();
    suite_.circumstances = cases_.circumstances().size();
    suite_.mutants = mutants_.size();
    for (std::size_t i = 0; i < mutants_.size(); ++i) {
      if (!killed_[i]) suite_.survivors.push_back(mutants_.text(i));
    }
    make_table();
    for (MadeCase& one : cases_.take()) suite_.cases.push_back(std::move(one.made));
    number_cases(law_, suite_.cases);
  }

  void make_table() {
    std::vector<bool> reached;
    for (const Goal& goal : goals_) reached.push_back(cases_.is_subject(goal.rule, goal.branch));
    const std::vector<DecisionGoal> missed = not_shown(decisions_, cases_.decided());
    suite_.table = goal_table(goals_, reached, decisions_, cases_.decided(),
                              options_.refute ? options_.refute(missed) : std::vector<Reachability>(missed.size()));
  }

  const Model& model_;
  const Law& law_;
  const GenerateOptions& options_;
  Simplicity simplicity_;
  std::vector<Goal> goals_;
  std::vector<DecisionGoal> decisions_;
  Workers<CaseMaker> makers_;
  SuiteCases cases_;
  OutcomeSearch outcomes_;
  MutantHunts mutants_;
  std::vector<bool> killed_;                               // parallel to the mutants: a case tells it
  std::vector<std::optional<std::size_t>> first_tellers_;  // likewise: of the cases that were asked last
  std::size_t cases_asked_ = 0;                            // of the cases, which mutants they tell
  std::vector<bool> wanted_;                               // per rule: its goals are searched for
  std::vector<Sequence> bases_;                            // what cases that were kept show is at their ends
  std::vector<Sequence> offered_;                          // what others found, and what is left of cases
  Suite suite_;
};

}  // namespace

Suite generate_suite(const Model& model, const GenerateOptions& options) { return SuiteMaker(model, options).run(); }

}  // namespace iolaw
