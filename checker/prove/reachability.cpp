// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/reachability.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "checker/generate/goal.hpp"
#include "checker/generate/graft.hpp"
#include "checker/prove/dead_lines.hpp"
#include "checker/prove/replays.hpp"
#include "checker/prove/search_ways.hpp"
#include "checker/prove/shorten_witness.hpp"
#include "checker/prove/slice.hpp"
#include "checker/prove/witness_cache.hpp"

namespace iolaw {
namespace {

using scope::Clock;
using scope::Target;

// For what the guided search does not reach, a search by the solver; it seldom finds more, and only in small laws can
// it say that there is nothing.
constexpr std::uint32_t kReachDepth = 7;
constexpr std::chrono::seconds kTime{20};

// Of the evaluator. Work is counted in calls of the model.
constexpr std::uint32_t kAttempts = 3;             // of the guided search, each from
constexpr std::uint32_t kBeginnings = 2;           // so many seeds, which may run at one time,
constexpr std::uint64_t kGuidedCalls = 1'500'000;  // and so many calls
constexpr std::uint64_t kShortestCalls = 60'000;   // of the search for the shortest way, for each target
constexpr std::uint32_t kShortestDepth = 10;
constexpr std::uint64_t kJoinCalls = 400'000;  // to join histories, after each attempt
constexpr std::uint32_t kDeepDepth = 8;
// Of the search beyond the shortest way, after each attempt, for each target. What is not found at once needs what the
// next attempt may bring, or patience at the end.
constexpr std::array<std::uint64_t, kAttempts> kDeepCalls = {1'000'000, 1'000'000, 25'000'000};
constexpr std::size_t kFew = 40;  // targets

// That nothing was found, is remembered of these searches alone.
constexpr std::string_view kSearches = "guided, shortest, deep, joined, dead lines";

class ReachSearch {
 public:
  // Of a part of the whole law.
  ReachSearch(const Law& law, const Law& whole, const WitnessOptions& options, Cache& cache,
              const std::atomic<bool>& stop)
      : stop_(stop),
        law_(law),
        whole_(whole),
        options_(options),
        ways_{law, options.threads, &stop},
        model_(law),
        answers_(cache),
        cache_(model_, options.kept, cache, kSearches) {
    const std::string& only = options.rule;
    for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
      const Rule& rule = law.rules[r];
      if (rule.probe || (!only.empty() && rule.name != only)) continue;
      if (!always_fails(rule)) {
        want({.tag = Target::Tag::outcome, .rule = r, .branch = kSuccess}, rule.name, "reachable");
      }
      for (std::uint32_t b = 0; b < rule.branches.size(); ++b) {
        if (rule.branches[b].unspecified) continue;
        want({.tag = Target::Tag::outcome, .rule = r, .branch = b}, rule.name, "reachable." + rule.branches[b].tag);
      }
    }
    for (const Property& property : law.properties) {
      if (property.tag != Property::Tag::cover || !only.empty()) continue;
      want({.tag = Target::Tag::cover, .property = &property}, "initial state", property.name);
    }
  }

  std::size_t size() const { return targets_.size(); }

  std::vector<Finding> run() {
    const Clock::time_point start = Clock::now();
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (!recall(i)) asked.push_back(i);
    }
    std::vector<Target> targets;
    for (const std::size_t i : asked) targets.push_back(targets_[i]);
    GuidedSearchResult found;
    found.witnesses.resize(targets.size());
    // What needs one thing after the other is quickly found by the shortest way, what needs luck is not. Few targets
    // are what an edit of the law left over, or another profile.
    const bool few = targets.size() <= kFew;
    if (few) {
      look_for_shortest(targets, found);
      drop_dead(asked, targets, found);
    }
    for (std::uint32_t attempt = 0; attempt < kAttempts && is_missing(found) && !stop_; ++attempt) {
      guide(targets, attempt, found);
      if (attempt == 0 && !few) look_for_shortest(targets, found);
      try {
        look_deep(targets, kDeepCalls[attempt], found);
        join(asked, kJoinCalls, found);
      } catch (const EvaluationError&) {
        break;  // the proofs will say what is wrong
      }
      if (attempt == 0 && !few) drop_dead(asked, targets, found);
    }
    const double each = seconds_since(start) / static_cast<double>(std::max<std::size_t>(1, asked.size()));
    for (std::size_t k = 0; k < asked.size(); ++k) {
      Finding& finding = findings_[asked[k]];
      finding.seconds = each;
      finding.note = "no guided run of " + std::to_string(found.calls) + " calls reaches it";
      if (!found.witnesses[k]) continue;
      finding.note.clear();
      finding.verdict = Verdict::proved;
      finding.witness = std::move(found.witnesses[k]);
      if (replays(model_, targets_[asked[k]], *finding.witness)) {
        if (!stop_) finding.witness = shorten_witness(model_, targets_[asked[k]], *finding.witness);
        continue;
      }
      finding.verdict = Verdict::unknown;
      finding.internal_error = true;
      finding.note = "the calls that were found do not lead there";
    }
    try {
      if (law_.rules.size() <= scope::kFewRules && !stop_) search();
    } catch (const smt::SolverFailure& failure) {
      for (Finding& finding : findings_) {
        if (finding.verdict == Verdict::unknown) finding.note = failure.what();
      }
    }
    for (const std::size_t i : asked) {
      if (findings_[i].witness || !stop_) remember(i);
    }
    return std::move(findings_);
  }

 private:
  static bool is_missing(const GuidedSearchResult& found) {
    return std::any_of(found.witnesses.begin(), found.witnesses.end(), [](const auto& calls) { return !calls; });
  }

  // What is proved to be impossible is not looked for any longer.
  void drop_dead(std::vector<std::size_t>& asked, std::vector<Target>& targets, GuidedSearchResult& found) {
    if (stop_) return;
    const Clock::time_point start = Clock::now();
    const auto id_of = [&](const Target& target) {
      if (target.tag != Target::Tag::outcome || target.branch == kSuccess) return std::string();
      return branch_id(law_.rules[target.rule], target.branch);
    };
    std::set<std::string> names;
    for (std::size_t k = 0; k < targets.size(); ++k) {
      const std::string id = id_of(targets[k]);
      if (!found.witnesses[k] && !id.empty()) names.insert(id);
    }
    const std::set<std::string> dead = dead_lines(whole_, names, answers_, options_.threads);
    if (dead.empty()) return;
    const double each = seconds_since(start) / static_cast<double>(dead.size());
    std::vector<std::size_t> left;
    GuidedSearchResult of_left;
    of_left.calls = found.calls;
    for (std::size_t k = 0; k < asked.size(); ++k) {
      if (found.witnesses[k] || dead.count(id_of(targets[k])) == 0) {
        left.push_back(asked[k]);
        of_left.witnesses.push_back(std::move(found.witnesses[k]));
        continue;
      }
      Finding& finding = findings_[asked[k]];
      finding.seconds = each;
      finding.absent = options_.elsewhere.count(name_of(asked[k])) > 0;
      finding.verdict = finding.absent ? Verdict::proved : Verdict::vacuous;
      finding.note = finding.absent ? "no call ends so by this profile (proved); by the law's first one a call does"
                                    : "no call ends so in a state that meets the invariants (proved)";
    }
    asked = std::move(left);
    found = std::move(of_left);
    targets.clear();
    for (const std::size_t i : asked) targets.push_back(targets_[i]);
  }

  void look_for_shortest(const std::vector<Target>& targets, GuidedSearchResult& found) const {
    found.calls += ways_.each(targets, {.depth = kShortestDepth, .calls = kShortestCalls}, found.witnesses);
  }

  // Where one wrong call leads elsewhere, all runs are looked at, best first.
  void look_deep(const std::vector<Target>& targets, std::uint64_t calls, GuidedSearchResult& found) const {
    found.calls +=
        ways_.each(targets, {.depth = kDeepDepth, .calls = calls, .time = std::chrono::minutes(10), .decided = true},
                   found.witnesses);
  }

  void guide(const std::vector<Target>& targets, std::uint32_t attempt, GuidedSearchResult& found) const {
    found.calls +=
        ways_.guided(targets, {.seed = 1 + std::uint64_t{attempt} * kBeginnings, .attempts = 1, .calls = kGuidedCalls},
                     kBeginnings, found.witnesses);
  }

  // What is still missing often lies half on the way to one outcome, half on the way to another.
  void join(const std::vector<std::size_t>& asked, std::uint64_t calls, GuidedSearchResult& found) const {
    const auto missing = [&](std::size_t k) {
      return targets_[asked[k]].tag == Target::Tag::outcome && !found.witnesses[k];
    };
    bool any = false;
    for (std::size_t k = 0; k < asked.size(); ++k) any = any || missing(k);
    if (!any) return;
    std::vector<Goal> goals;
    std::vector<std::optional<std::size_t>> which;  // of those asked for; none: it is known
    Witnesses witnesses;
    const auto add = [&](std::size_t i, std::optional<std::size_t> k, const std::optional<std::vector<Call>>& known) {
      const Target& target = targets_[i];
      if (target.tag != Target::Tag::outcome) return;
      const Goal goal{branch_id(law_.rules[target.rule], target.branch), target.rule, target.branch};
      std::optional<Sequence> sequence;
      if (known) sequence = name_calls(model_, *known);
      // A history that loses its way when its objects get names is of no use here, and its goal needs no other.
      if (known && !reaches(model_, goal, *sequence)) return;
      which.push_back(k);
      goals.push_back(goal);
      witnesses.of_goal.push_back(std::move(sequence));
    };
    for (std::size_t k = 0; k < asked.size(); ++k) add(asked[k], k, found.witnesses[k]);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (findings_[i].witness) add(i, std::nullopt, findings_[i].witness);
    }
    Budget budget(calls);
    graft_witnesses(model_, goals, 1, Graft::join, budget, witnesses);
    graft_witnesses(model_, goals, 1, Graft::extend, budget, witnesses);
    for (std::size_t i = 0; i < goals.size(); ++i) {
      if (!which[i] || found.witnesses[*which[i]] || !witnesses.of_goal[i]) continue;
      found.witnesses[*which[i]] = iolaw::calls_of(model_, *witnesses.of_goal[i]);
    }
    found.calls += budget.spent();
  }

  void want(Target target, const std::string& rule, const std::string& property) {
    targets_.push_back(target);
    findings_.push_back(
        {.rule = rule, .property = property, .note = {}, .counterexample = {}, .trace = {}, .witness = {}});
  }

  static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  std::string name_of(std::size_t target) const { return iolaw::name_of(findings_[target]); }

  void remember(std::size_t target) {
    const Finding& finding = findings_[target];
    if (finding.internal_error) return;
    if (finding.witness) {
      cache_.add(name_of(target), *finding.witness);
    } else {
      cache_.add_failure(name_of(target), std::string(to_string(finding.verdict)) + " " + finding.note);
    }
  }

  bool recall(std::size_t target) {
    Finding& finding = findings_[target];
    if (auto known = cache_.find(name_of(target), targets_[target])) {
      finding.witness = std::move(known->calls);
      finding.verdict = Verdict::proved;
      finding.cached = known->cached;
      finding.kept = !known->cached;
      return true;
    }
    const auto failed = cache_.find_failure(name_of(target));
    if (!failed) return false;
    finding.verdict = failed->starts_with("vacuous ") ? Verdict::vacuous : Verdict::unknown;
    finding.note = failed->substr(failed->find(' ') + 1);
    finding.cached = true;
    return true;
  }

  void search() {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const Finding& finding = findings_[i];
      if (finding.verdict == Verdict::unknown && !finding.internal_error && !finding.cached) left.push_back(i);
    }
    const Clock::time_point end = Clock::now() + kTime;
    while (!left.empty()) {
      std::vector<Target> targets;
      for (const std::size_t i : left) targets.push_back(targets_[i]);
      scope::SearchOptions options;
      options.depth = kReachDepth;
      options.time = std::max(std::chrono::milliseconds(1),
                              std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
      options.shrink_time = std::chrono::milliseconds(0);
      const Clock::time_point start = Clock::now();
      const scope::SearchResult result = scope::search(model_, targets, options);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      if (result.tag == scope::SearchResult::Tag::found) {
        findings_[left[result.target]].verdict = Verdict::proved;
        findings_[left[result.target]].note.clear();
        findings_[left[result.target]].witness = calls_of(result.trace);
        findings_[left[result.target]].seconds = seconds;
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(result.target));
        continue;
      }
      for (const std::size_t i : left) {
        Finding& finding = findings_[i];
        finding.seconds = seconds / static_cast<double>(left.size());
        finding.verdict = result.tag == scope::SearchResult::Tag::none ? Verdict::vacuous : Verdict::unknown;
        finding.internal_error = result.tag == scope::SearchResult::Tag::rejected;
        finding.note = finding.internal_error ? result.note
                                              : "no guided run reaches it, nor any " + std::to_string(result.depth) +
                                                    " calls with up to 2 objects of each kind";
      }
      return;
    }
  }

  static std::vector<Call> calls_of(const Trace& trace) {
    std::vector<Call> calls;
    for (const TraceStep& step : trace.steps) calls.push_back(step.call);
    return calls;
  }

  const std::atomic<bool>& stop_;
  const Law& law_;
  const Law& whole_;
  const WitnessOptions& options_;
  SearchWays ways_;
  Model model_;
  Cache& answers_;
  WitnessCache cache_;
  std::vector<Target> targets_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> find_witnesses(const Law& law, const WitnessOptions& options, Cache& cache,
                                    const std::atomic<bool>& stop) {
  const std::vector<Law> parts = slices(law);
  if (parts.size() <= 1) return ReachSearch(law, law, options, cache, stop).run();
  std::vector<Finding> findings;
  for (const Law& part : parts) {
    for (Finding& finding : ReachSearch(part, law, options, cache, stop).run()) {
      if (finding.witness) {
        for (Call& call : *finding.witness) {
          call.rule = static_cast<std::uint32_t>(law.find_rule(part.rules[call.rule].name) - law.rules.data());
        }
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

std::set<std::string> kept_that_lead(const Law& law, const KeptWitnesses& kept) {
  Cache nothing{{}};
  const std::atomic<bool> stop{true};  // before any search
  std::set<std::string> names;
  for (const Finding& finding : find_witnesses(law, {.kept = kept}, nothing, stop)) {
    if (finding.witness) names.insert(iolaw::name_of(finding));
  }
  return names;
}

std::size_t count_witnesses(const Law& law) {
  Cache nothing{{}};
  const std::atomic<bool> never{false};
  return ReachSearch(law, law, {}, nothing, never).size();
}

}  // namespace iolaw
