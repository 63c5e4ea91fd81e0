// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/beside.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <unordered_set>

#include "checker/generate/hunt.hpp"
#include "checker/generate/in_parallel.hpp"
#include "checker/generate/join.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/mutate.hpp"
#include "checker/generate/observe.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/survey.hpp"
#include "checker/generate/vary.hpp"

namespace iolaw {
namespace {

// Searches of their own, between which the tries are divided; the longest run that one looks at; how often one tells of
// its progress.
constexpr std::size_t kSearches = 16;
constexpr std::size_t kLongest = 20;
constexpr std::uint64_t kBetweenProgress = 500;
// Of so many runs one is searched for what all of its calls show, the others for what the last one shows.
constexpr std::uint64_t kLookedAtWhole = 4;
// How often a slip is followed that some call shall tell, and one that each rule shall tell; and with how many calls of
// each rule that may tell it.
constexpr std::uint32_t kFollowedBySome = 60;
constexpr std::uint32_t kFollowedByEach = 8;
constexpr int kTellerDrawsBeside = 3;
constexpr int kProbeDrawsBeside = 32;
// Of so many calls that leave a number to the implementation one is made.
constexpr std::uint64_t kChosen = 8;

// What is near a call, and in which circumstances it is made, differs in as many ways as there are states: of these
// the survey finds enough.
bool is_wanted(const std::string& key) {
  for (const char* words : {", but ", ", then ", ": a ", " cut to ", " is 1,"}) {
    if (key.find(words) != std::string::npos) return true;
  }
  return false;
}

// The steps of `second` behind those of `first`. What they make is the same: of each kind, with this chance in eight.
Sequence joined_at_random(const Law& law, const Sequence& first, const Sequence& second, std::mt19937_64& random) {
  const std::uint64_t chance = random() % 9;
  std::map<std::uint32_t, std::vector<Argument>> made;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::vector<Result>& results = law.rules[first[i].rule].results;
    for (std::uint32_t r = 0; r < results.size(); ++r) {
      if (results[r].type.tag == TypeTag::reference) {
        made[results[r].type.id].push_back({kNone, static_cast<std::int32_t>(i), r});
      }
    }
  }
  std::map<std::uint32_t, std::size_t> used;
  return joined(law, first, second, [&](std::uint32_t kind) -> std::optional<Argument> {
    const auto there = made.find(kind);
    if (there == made.end() || used[kind] >= there->second.size() || random() % 8 >= chance) return std::nullopt;
    return there->second[used[kind]++];
  });
}

// One search, on one thread.
class BesideSearch {
 public:
  BesideSearch(const Law& law, std::vector<Sequence> bases, const std::unordered_set<std::string>& shown,
               std::vector<Mutant> mutants, std::uint64_t seed, const std::string& only)
      : law_(law),
        model_(law),
        simplicity_(law),
        sampler_(law),
        vary_(law),
        relevance_(law),
        judge_(model_),
        hunt_(model_, simplicity_, seed, std::move(mutants)),
        random_(seed),
        bases_(std::move(bases)),
        shown_(shown),
        only_(only) {
    for (std::size_t i = 0; i < bases_.size(); ++i) {
      for (std::size_t step = bases_[i].size(); step-- > 0;) {
        if (law.rules[bases_[i][step].rule].probe) bases_[i] = without_steps(bases_[i], step, step + 1);
      }
      std::map<std::uint32_t, std::size_t> lengths;
      for (std::size_t step = 0; step < bases_[i].size(); ++step) lengths[bases_[i][step].rule] = step + 1;
      for (const auto& [rule, length] : lengths) of_rule_[rule].emplace_back(i, length);
    }
  }

  void try_one(std::uint64_t minimize_calls) {
    if (bases_.empty()) return;
    Sequence run = draw();
    if (run.empty() || run.size() > kLongest || !is_worth_it(run)) return;
    World world(law_);
    if (!play(model_, run, world)) return;
    if (!only_.empty()) return follow(run, minimize_calls);
    std::vector<std::string> keys = shown_by(model_, run, run.size() - 1);
    if (random_() % kLookedAtWhole == 0) {
      for (std::string& key : judge_.shown_by(run)) keys.push_back(std::move(key));
    }
    for (const std::string& key : keys) {
      if (is_new(key)) keep(key, run, minimize_calls);
    }
    strike(run);
    follow(run, minimize_calls);
  }

  std::map<std::string, Sequence>& found() { return found_; }

 private:
  // Where another one is to come in between: of what is sought, calls that may leave it.
  Sequence first_base() {
    if (only_.empty() || hot_.empty() || random_() % 4 == 0) return base();
    return base_of(*std::next(hot_.begin(), static_cast<std::ptrdiff_t>(random_() % hot_.size())));
  }

  // What was found lately leads further; else a case up to the last call of some rule, of which each gets its turn.
  Sequence base() {
    if (of_rule_.empty() || (!latest_.empty() && random_() % 3 == 0)) return latest_[random_() % latest_.size()];
    return base_of(static_cast<std::uint32_t>(random_() % law_.rules.size()));
  }

  Sequence base_of(std::uint32_t index_of_rule) {
    auto rule = of_rule_.lower_bound(index_of_rule);
    if (rule == of_rule_.end()) rule = of_rule_.begin();
    const auto& [index, length] = rule->second[random_() % rule->second.size()];
    return {bases_[index].begin(), bases_[index].begin() + static_cast<std::ptrdiff_t>(length)};
  }

  Sequence draw() {
    Sequence run = first_base();
    switch (random_() % 8) {
      case 0:
        run = vary_(run, random_);
        break;
      case 1:
        run = joined_at_random(law_, run, base(), random_);
        break;
      case 2:
      case 3:
        insert_call(run);
        break;
      default:
        // Another one comes in between, most often before the last call.
        run = interrupted(run, random_() % 4 == 0 ? base_of(run.back().rule) : base());
        break;
    }
    while (!run.empty() && random_() % 2 == 0) insert_call(run);
    return run;
  }

  Sequence interrupted(const Sequence& run, const Sequence& other) {
    const std::size_t at = random_() % 4 == 0 ? random_() % run.size() : run.size() - 1;
    Sequence result =
        joined_at_random(law_, Sequence(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(at)), other, random_);
    const std::size_t begin = result.size();
    result.insert(result.end(), run.begin() + static_cast<std::ptrdiff_t>(at), run.end());
    make_room(result, begin, at, begin - at);
    return result;
  }

  // A call at any place, more often at the end and just before the last.
  void insert_call(Sequence& run) {
    const std::uint64_t where = random_() % 4;
    std::size_t at = run.size();
    if (where == 0) at = random_() % (run.size() + 1);
    if (where == 1 && !run.empty()) at = run.size() - 1;
    World world(law_);
    if (!play(model_, Sequence(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(at)), world)) return;
    const auto rule = sampler_.call(world.state(), random_).rule;
    const Call call = drawn(world.state(), rule, run);
    const auto step = world.names().symbolic(world.state(), call);
    if (!step) return;
    run.insert(run.begin() + static_cast<std::ptrdiff_t>(at), *step);
    make_room(run, at + 1, at, 1);
  }

  // What an implementation chooses takes long to look at.
  bool is_worth_it(std::uint32_t rule) { return !chooses_number(law_.rules[rule]) || random_() % kChosen == 0; }
  bool is_worth_it(const Sequence& run) {
    return std::all_of(run.begin(), run.end(), [&](const SequenceStep& step) { return is_worth_it(step.rule); });
  }

  bool is_new(const std::string& key) const {
    return key.find(only_) != std::string::npos && shown_.count(key) == 0 && new_.count(key) == 0 && is_wanted(key);
  }

  // Looks for calls that tell what the last call of a run may have left behind.
  void follow(const Sequence& run, std::uint64_t minimize_calls) {
    World world(law_);
    for (const Slip& slip : judge_.slips_of_last(run, world)) {
      const bool each = slip.tellers == Tellers::each;
      if (!each && slip.name.find(only_) == std::string::npos) continue;
      const bool known = !each && !is_new(slip.name + "; a probe tells") &&
                         (slip.tellers == Tellers::probes || !is_new(slip.name + "; a call tells"));
      hot_.insert(run.back().rule);
      if (known || followed_[slip.name]++ >= (each ? kFollowedByEach : kFollowedBySome)) continue;
      const auto look = [&](const SequenceStep& step) {
        const auto key = judge_.told(slip, world, step);
        if (!key || !is_new(*key)) return;
        Sequence longer = run;
        longer.push_back(step);
        keep(*key, longer, minimize_calls);
      };
      for (const SequenceStep& step : observations(model_, world)) look(step);
      for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
        if (!is_worth_it(rule) || !relevance_.concerns(rule, slip.kinds)) continue;
        const int draws = law_.rules[rule].probe ? kProbeDrawsBeside : kTellerDrawsBeside;
        for (int draw = 0; draw < draws; ++draw) {
          const State& state = draw % 2 == 0 ? world.state() : slip.after;
          if (const auto step = world.names().symbolic(world.state(), drawn(state, rule, run))) look(*step);
        }
      }
    }
  }

  // With numbers of the run in some places.
  Call drawn(const State& state, std::uint32_t rule, const Sequence& run) {
    Call call = sampler_.call(state, rule, random_);
    const std::vector<Parameter>& parameters = law_.rules[rule].parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (!parameters[i].type.is_integer() || run.empty() || random_() % 2 == 0) continue;
      const SequenceStep& step = run[random_() % run.size()];
      const std::vector<Parameter>& others = law_.rules[step.rule].parameters;
      if (others.empty()) continue;
      const std::size_t other = random_() % others.size();
      if (others[other].type == parameters[i].type) call.arguments[i] = step.arguments[other].word;
    }
    return call;
  }

  void keep(const std::string& key, const Sequence& run, std::uint64_t minimize_calls) {
    const auto shows = [&](const Sequence& candidate) {
      if (candidate.empty()) return false;
      const std::vector<std::string> last = shown_by(model_, candidate, candidate.size() - 1);
      return std::find(last.begin(), last.end(), key) != last.end() || judge_.shows(candidate, key);
    };
    Sequence shortest = run;
    while (!shortest.empty() && !shows(shortest)) shortest.pop_back();
    if (shortest.empty()) return;
    Budget budget(minimize_calls);
    shortest = minimize(law_, simplicity_, std::move(shortest), budget, shows);
    std::vector<std::string> keys = shown_by(model_, shortest);
    for (std::string& other : judge_.shown_by(shortest)) keys.push_back(std::move(other));
    new_.insert(key);
    new_.insert(keys.begin(), keys.end());
    found_[key] = shortest;
    latest_.push_back(std::move(shortest));
  }

  void strike(const Sequence& run) {
    for (const std::size_t i : hunt_.strike(run)) {
      const auto at = distinguishes(model_, hunt_.mutant(i), run);
      if (!at) continue;
      Sequence told(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(*at) + 1);
      found_["mutant: " + hunt_.mutant(i).text()] = told;
      latest_.push_back(std::move(told));
    }
  }

  const Law& law_;
  Model model_;
  Simplicity simplicity_;
  Sampler sampler_;
  Vary vary_;
  Relevance relevance_;
  SlipJudge judge_;
  Hunt hunt_;
  std::mt19937_64 random_;
  std::vector<Sequence> bases_;
  std::map<std::uint32_t, std::vector<std::pair<std::size_t, std::size_t>>> of_rule_;  // bases, and how much of them
  std::vector<Sequence> latest_;
  const std::unordered_set<std::string>& shown_;
  const std::string& only_;
  std::set<std::uint32_t> hot_;  // rules of calls that may leave what is sought
  std::unordered_set<std::string> new_;
  std::map<std::string, std::uint32_t> followed_;  // slips, how often
  std::map<std::string, Sequence> found_;
};

// All that the cases show.
std::unordered_set<std::string> shown_by_all(const Law& law, const std::vector<Sequence>& cases, unsigned threads) {
  std::vector<std::vector<std::string>> keys(kSearches);
  in_parallel(threads, kSearches, [&](std::size_t share) {
    const Model model(law);
    SlipJudge judge(model);
    for (std::size_t i = share; i < cases.size(); i += kSearches) {
      for (std::string& key : shown_by(model, cases[i])) keys[share].push_back(std::move(key));
      for (std::string& key : judge.shown_by(cases[i])) keys[share].push_back(std::move(key));
    }
  });
  std::unordered_set<std::string> shown;
  for (const std::vector<std::string>& some : keys) shown.insert(some.begin(), some.end());
  return shown;
}

}  // namespace

std::vector<Seed> find_beside(const Law& law, const std::vector<Sequence>& cases, const BesideOptions& options) {
  const std::unordered_set<std::string> shown = shown_by_all(law, cases, options.threads);
  const Model model(law);
  const Simplicity simplicity(law);
  Hunt hunt(model, simplicity, options.seed, make_mutants(law));
  for (const Sequence& one : cases) hunt.strike(one);
  std::vector<std::map<std::string, Sequence>> found(kSearches);
  std::atomic<std::uint64_t> tries{0};
  std::atomic<std::size_t> goals{0};
  in_parallel(options.threads, kSearches, [&](std::size_t index) {
    std::vector<Mutant> mutants;
    for (std::size_t i = 0; i < hunt.size(); ++i) {
      if (hunt.is_alive(i)) mutants.push_back(hunt.mutant(i).mutant());
    }
    BesideSearch search(law, cases, shown, std::move(mutants), options.seed * kSearches + index, options.only);
    for (std::uint64_t i = 0; i < options.tries / kSearches; ++i) {
      const std::size_t before = search.found().size();
      search.try_one(options.minimize_calls);
      goals += search.found().size() - before;
      if (++tries % kBetweenProgress == 0 && options.progress) options.progress(tries, goals);
    }
    found[index] = std::move(search.found());
  });
  std::map<std::string, Sequence> all;
  for (const std::map<std::string, Sequence>& some : found) {
    for (const auto& [key, run] : some) {
      const auto [known, is_new] = all.emplace(key, run);
      if (!is_new && simplicity.of(run) < simplicity.of(known->second)) known->second = run;
    }
  }
  std::vector<Seed> seeds;
  for (auto& [key, run] : all) seeds.push_back({key, std::move(run)});
  return seeds;
}

}  // namespace iolaw
