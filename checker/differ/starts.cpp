// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/starts.hpp"

#include <algorithm>
#include <unordered_map>
#include "model/eval/quick_random.hpp"

#include "checker/differ/drawer.hpp"
#include "checker/differ/seeker.hpp"
#include "checker/differ/situation.hpp"
#include "checker/differ/topics.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kTries = 600'000;      // calls of the model
constexpr std::size_t kMostStarts = 3'000;     // histories kept
constexpr std::size_t kLongestStart = 10;      // calls of one
constexpr int kWalk = 4;                       // calls added to one history before another is looked at
constexpr int kStartDraws = 6;                 // calls of which the most interesting one is made
constexpr int kAims = 5;                       // tries to make one of them succeed,
constexpr float kMoreAims = 45;                // and so many more where its rule never did
constexpr float kFresh = 3;                    // worth of what is new in one that is kept
constexpr float kRareStart = 30;               // what a rule that never succeeded is worth besides
constexpr std::uint64_t kGoalTries = 500'000;  // calls of the model to find what to try in the states that were kept
constexpr std::uint64_t kSeekTries = 500'000;  // and for outcomes that were not found so far
constexpr int kGoalAims = 8;
constexpr float kFreshGoal = 3;
constexpr std::uint32_t kSuccesses = 10;  // calls of one rule that succeed,
constexpr std::uint32_t kFailures = 4;    // and that end in one of its lines
constexpr std::uint32_t kCrowd = 3;       // objects of a kind, when no more are made

struct Entry {
  World world;
  Sequence sequence;
  std::uint32_t walks = 0;
  Sequence calls = {};  // that fail
  Sequence lasts = {};  // that change something
};

class Search {
 public:
  Search(const Model& model, const std::vector<std::vector<Call>>& known)
      : model_(model), known_(known), law_(model.law()), situation_(law_), drawer_(law_) {
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (!law_.rules[rule].probe && !chooses_number(law_.rules[rule])) rules_.push_back(rule);
    }
  }

  std::vector<Start> run() {
    keep(World(law_), {});
    while (!rules_.empty() && drawer_.tries() < kTries && entries_.size() < kMostStarts) walk(pick());
    for (Entry& entry : entries_) {
      if (goals_tried_ < kGoalTries) try_goals(entry);
    }
    std::vector<Start> found;
    for (Entry& entry : entries_) {
      for (const SequenceStep& last : entry.lasts) found.push_back({entry.sequence, {last}});
      if (!entry.calls.empty() || entry.lasts.empty()) {
        found.push_back({std::move(entry.sequence), std::move(entry.calls)});
      }
    }
    for (Start& start : found) minimize(start);
    for (const std::vector<Call>& calls : known_) take_known(calls, found);
    Seeker seeker(model_, found);
    for (Start& start : seeker.search(kSeekTries)) found.push_back(std::move(start));
    return found;
  }

 private:
  // Up to the first call that fails.
  void take_known(const std::vector<Call>& calls, std::vector<Start>& found) const {
    World world(law_);
    Start start;
    for (const Call& call : calls) {
      const std::optional<SequenceStep> step = world.names().symbolic(world.state(), call);
      const std::optional<Played> played = step ? world.play(model_, call) : std::nullopt;
      if (!played) return;
      start.history.push_back(*step);
      if (played->branch != kSuccess) break;
    }
    if (start.history.empty()) return;
    start.calls.push_back(std::move(start.history.back()));
    start.history.pop_back();
    found.push_back(std::move(start));
  }

  // Each length as likely as the others; one that was looked at seldom, and has a rare call.
  std::size_t pick() {
    std::size_t length = random_.below(by_length_.size());
    while (by_length_[length].empty()) --length;  // there is one of length 0
    const std::vector<std::size_t>& alike = by_length_[length];
    const auto cost = [this](std::size_t which) {
      const Entry& entry = entries_[which];
      float rarity = 0;
      for (const SequenceStep& step : entry.sequence) rarity = std::max(rarity, drawer_.rarity(step.rule));
      return static_cast<float>(entry.walks) - 8 * rarity;
    };
    std::size_t best = alike[random_.below(alike.size())];
    for (int i = 0; i < 3; ++i) {
      const std::size_t other = alike[random_.below(alike.size())];
      if (cost(other) < cost(best)) best = other;
    }
    return best;
  }

  void keep(World world, Sequence sequence) {
    const std::size_t length = sequence.size();
    if (length < kLongestStart) {
      if (by_length_.size() <= length) by_length_.resize(length + 1);
      by_length_[length].push_back(entries_.size());
    }
    entries_.push_back({std::move(world), std::move(sequence), 0});
  }

  void walk(std::size_t from) {
    ++entries_[from].walks;
    World world = entries_[from].world;
    Sequence sequence = entries_[from].sequence;
    situation_.reset(world.state());
    drawer_.clear();
    const bool narrow = random_() % 2 == 0;
    walked_ = narrow ? topics_.about(drawer_.rule(world.state(), rules_, random_), random_) : rules_;
    std::erase_if(walked_, [this](std::uint32_t rule) { return chooses_number(law_.rules[rule]); });
    if (walked_.empty()) walked_ = rules_;
    for (int i = 0; i < kWalk && sequence.size() < kLongestStart; ++i) {
      if (!draw(world.state())) return;
      std::optional<SequenceStep> step = world.names().symbolic(world.state(), call_);
      if (!step) return;
      const State before = world.state();
      const std::optional<Played> played = world.play(model_, call_);
      if (!played || played->branch != kSuccess) return;
      sequence.push_back(std::move(*step));
      situation_.follow(before, call_, kSuccess, world.state());
      drawer_.remember(before, call_, random_);
      if (coverage_.add(features_) >= kFresh && before != world.state()) keep(world, sequence);
    }
  }

  // Calls that end as few others did so far, in a state that was kept.
  void try_goals(Entry& entry) {
    const State& state = entry.world.state();
    situation_.reset(state);
    const std::uint64_t before = drawer_.tries();
    for (const std::uint32_t rule : rules_) {
      const std::vector<Branch>& branches = law_.rules[rule].branches;
      // The line that was met least often, from a random one on; or success.
      std::uint32_t goal = kSuccess;
      for (std::size_t i = 0, at = branches.empty() ? 0 : random_.below(branches.size()); i < branches.size(); ++i) {
        const auto line = static_cast<std::uint32_t>((at + i) % branches.size());
        if (!branches[line].unspecified && met(rule, line) < met(rule, goal)) goal = line;
      }
      const Drawer::Aimed* aimed = drawer_.aim(model_, state, situation_, rule, goal, kGoalAims, random_, after_);
      if (aimed == nullptr) continue;
      found_.clear();
      situation_.features(state, aimed->call, aimed->branch, after_, found_);
      std::uint32_t& met_so_far = met_[outcome_number(rule, aimed->branch)];
      if (goals_.add(found_) < kFreshGoal || met_so_far >= (aimed->branch == kSuccess ? kSuccesses : kFailures))
        continue;
      ++met_so_far;
      const std::optional<SequenceStep> step = entry.world.names().symbolic(state, aimed->call);
      if (!step) continue;
      (after_ == state ? entry.calls : entry.lasts).push_back(*step);
    }
    goals_tried_ += drawer_.tries() - before;
  }

  // What is worth a sequence: the features of its calls from `begin` on. Empty if it does not hold together any more.
  std::vector<std::uint64_t> worth_of(const Sequence& sequence, std::size_t begin) {
    std::vector<std::uint64_t> keys;
    World world(law_);
    for (std::size_t i = 0; i < sequence.size(); ++i) {
      const Call call = world.names().resolve(sequence[i]);
      const bool counts = i >= begin;
      if (counts) {
        scratch_ = world.state();
        situation_.reset(scratch_);
      }
      const std::optional<Played> played = world.play(model_, call);
      if (!played || (!counts && played->branch != kSuccess)) return {};
      if (!counts) continue;
      found_.clear();
      situation_.features(scratch_, call, played->branch, world.state(), found_);
      for (const Feature& feature : found_) {
        if (feature.weight >= kFresh) keys.push_back(feature.key);
      }
    }
    return keys;
  }

  // Leaves out every step of the history without which the calls mean the same; or, if there are none, its last one.
  void minimize(Start& start) {
    Sequence all = start.history;
    all.insert(all.end(), start.calls.begin(), start.calls.end());
    std::size_t history = start.history.size();
    const std::size_t kept = start.calls.empty() ? 1 : 0;
    const std::vector<std::uint64_t> worth = worth_of(all, history - kept);
    if (worth.empty()) return;
    for (std::size_t i = history - kept; i-- > 0;) {
      Sequence shorter = without_steps(all, i, i + 1);
      if (worth_of(shorter, history - 1 - kept) != worth) continue;
      all = std::move(shorter);
      --history;
    }
    const auto end_of_history = all.begin() + static_cast<std::ptrdiff_t>(history);
    start.history.assign(all.begin(), end_of_history);
    start.calls.assign(end_of_history, all.end());
  }

  std::uint32_t met(std::uint32_t rule, std::uint32_t branch) const {
    const auto found = met_.find(outcome_number(rule, branch));
    return found == met_.end() ? 0 : found->second;
  }

  // The most interesting of some calls that succeed, in call_ and features_.
  bool draw(const State& state) {
    float best = -1;
    for (int i = 0; i < kStartDraws; ++i) {
      const std::uint32_t rule = drawer_.rule(state, walked_, random_);
      const std::vector<Result>& results = law_.rules[rule].results;
      if (std::any_of(results.begin(), results.end(), [&](const Result& result) {
            return result.type.tag == TypeTag::reference && state.population(result.type.id) >= kCrowd;
          })) {
        continue;
      }
      const float rarity = drawer_.rarity(rule);
      const int tries = kAims + static_cast<int>(kMoreAims * rarity * rarity);
      const Drawer::Aimed* aimed = drawer_.aim(model_, state, situation_, rule, kSuccess, tries, random_, after_);
      if (aimed == nullptr || aimed->branch != kSuccess) continue;
      found_.clear();
      situation_.features(state, aimed->call, kSuccess, after_, found_);
      const float worth = coverage_.worth(found_) + kRareStart * rarity;
      if (worth <= best) continue;
      best = worth;
      call_ = aimed->call;
      features_.swap(found_);
    }
    return best >= 0;
  }

  const Model& model_;
  const std::vector<std::vector<Call>>& known_;
  const Law& law_;
  Situation situation_;
  Drawer drawer_;
  Coverage coverage_;
  Coverage goals_;
  std::unordered_map<std::uint32_t, std::uint32_t> met_;  // by outcome: calls that were kept
  std::uint64_t goals_tried_ = 0;
  QuickRandom random_{1};
  Topics topics_{law_};
  std::vector<std::uint32_t> rules_;
  std::vector<std::uint32_t> walked_;  // of this walk
  std::vector<Entry> entries_;
  std::vector<std::vector<std::size_t>> by_length_;  // those that may grow
  State after_;
  State scratch_;
  Call call_;
  Features found_;
  Features features_;
};

}  // namespace

std::vector<Start> find_starts(const Model& model, const std::vector<std::vector<Call>>& known) {
  return Search(model, known).run();
}

}  // namespace iolaw
