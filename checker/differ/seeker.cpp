// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/seeker.hpp"

#include <algorithm>

namespace iolaw {
namespace {

constexpr std::size_t kCandidates = 12;      // per rule
constexpr std::size_t kMostEntries = 6'000;  // then none is kept but those that lead further
constexpr std::size_t kLongestWalk = 14;     // calls of a history
constexpr int kSeekWalk = 3;                 // calls of a walk
constexpr int kSeekAims = 8;                 // tries to make one of them succeed,
constexpr float kMoreSeekAims = 40;          // and so many more where its rule never did
constexpr int kSeekGoalAims = 24;            // tries at the goal, where a call changed something
constexpr int kLooks = 3;                    // tries of each rule that is wanted, in what is kept
constexpr std::uint32_t kSeekCrowd = 3;      // objects of a kind, when no more are made
constexpr std::uint64_t kMetWorth = 16;      // of a condition of a line that is met, in walks
constexpr std::uint64_t kDeep = std::uint64_t{1} << 20;

// Success is the last line of a rule.
std::uint64_t rank(std::uint32_t branch) { return branch == kSuccess ? kDeep : branch; }

}  // namespace

Seeker::Seeker(const Model& model, const std::vector<Start>& starts)
    : model_(model), law_(model.law()), situation_(law_), drawer_(law_), topics_(law_), candidates_(law_.rules.size()) {
  for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
    named_.push_back(!law_.rules[rule].probe && !chooses_number(law_.rules[rule]));
    if (!named_[rule]) continue;
    goals_.push_back({rule, kSuccess, false, 0});
    for (std::uint32_t branch = 0; branch < law_.rules[rule].branches.size(); ++branch) {
      const Branch& line = law_.rules[rule].branches[branch];
      if (line.unspecified || line.may) continue;
      goals_.push_back({rule, branch, false, 0});
      if (line.each) goals_.push_back({rule, branch, true, 0});
    }
  }
  keep(World(law_), {}, 0, {});
  for (const Start& start : starts) {
    Sequence all = start.history;
    all.insert(all.end(), start.calls.begin(), start.calls.end());
    take(all);
    learn(start.history);
  }
}

// What a sequence ends in is not looked for.
void Seeker::take(const Sequence& sequence) {
  World world(law_);
  for (const SequenceStep& step : sequence) {
    const std::optional<Played> played = world.play(model_, world.names().resolve(step));
    if (!played) return;  // its steps are counted: those that follow would name others
    strike(step.rule, played->branch);
    if (model_.end().pieces > 0) strike(step.rule, played->branch, true);
  }
}

void Seeker::strike(std::uint32_t rule, std::uint32_t branch, bool later) {
  std::erase_if(goals_,
                [&](const Goal& goal) { return goal.rule == rule && goal.branch == branch && goal.later == later; });
}

void Seeker::learn(const Sequence& history) {
  if (entries_.size() >= kMostEntries || history.size() > kLongestWalk) return;
  World world(law_);
  for (const SequenceStep& step : history) {
    const std::optional<Played> played = world.play(model_, world.names().resolve(step));
    if (!played) return;
    if (played->branch == kSuccess) drawer_.learn(step, random_);
  }
  keep(std::move(world), history, 0, {});
}

void Seeker::keep(World world, Sequence sequence, std::uint32_t rule, const Candidate& candidate) {
  const std::size_t entry = entries_.size();
  entries_.push_back({std::move(world), std::move(sequence)});
  if (candidate.depth > 0) offer(rule, {entry, candidate.depth, 0, candidate.branch, candidate.met});
  const State& state = entries_[entry].world.state();
  situation_.reset(state);
  for (std::size_t i = 0; i < goals_.size(); ++i) {
    const std::uint32_t other = goals_[i].rule;
    if ((i > 0 && goals_[i - 1].rule == other) || (candidate.depth > 0 && other == rule)) continue;
    offer(other, {entry, depth_of(other, state, kLooks), 0});
  }
}

// In place of the one that is worth least, and not worth more.
void Seeker::offer(std::uint32_t rule, Candidate candidate) {
  std::vector<Candidate>& known = candidates_[rule];
  if (known.size() < kCandidates) {
    known.push_back(candidate);
    return;
  }
  const auto worth = [](const Candidate& one) {
    return static_cast<std::int64_t>(4 * one.depth + kMetWorth * one.met) - static_cast<std::int64_t>(one.walks);
  };
  const auto least = std::min_element(known.begin(), known.end(),
                                      [&](const Candidate& a, const Candidate& b) { return worth(a) < worth(b); });
  if (worth(*least) <= worth(candidate)) *least = candidate;
}

std::uint64_t Seeker::depth_of(std::uint32_t rule, const State& state, int tries) {
  drawer_.aim(model_, state, situation_, rule, kSuccess, tries, random_, after_);
  return rank(drawer_.nearest()) + 1;
}

// Of some, the one that was looked for least.
std::size_t Seeker::pick_goal() {
  std::size_t best = random_.below(goals_.size());
  for (int i = 0; i < 3; ++i) {
    const std::size_t other = random_.below(goals_.size());
    if (goals_[other].effort < goals_[best].effort) best = other;
  }
  return best;
}

Seeker::Candidate& Seeker::pick_candidate(const Goal& goal) {
  std::vector<Candidate>& known = candidates_[goal.rule];
  if (known.empty() || random_.one_in(6)) {
    // Anywhere else.
    const std::size_t entry = random_.below(entries_.size());
    situation_.reset(entries_[entry].world.state());
    known.push_back({entry, depth_of(goal.rule, entries_[entry].world.state(), kLooks), 0});
    std::swap(known.back(), known[random_.below(known.size())]);
    if (known.size() > 2 * kCandidates) known.pop_back();
    return known[random_.below(known.size())];
  }
  // What came further than the goal is no better than what just did not reach it.
  const std::uint64_t wanted = rank(goal.branch);
  const auto worth = [&](const Candidate& one) {
    const std::uint64_t met = one.branch == goal.branch ? kMetWorth * one.met : 0;
    return static_cast<std::int64_t>(4 * std::min(one.depth, wanted) + met) - static_cast<std::int64_t>(one.walks);
  };
  std::size_t best = random_.below(known.size());
  for (int i = 0; i < 4; ++i) {
    const std::size_t other = random_.below(known.size());
    if (worth(known[other]) > worth(known[best])) best = other;
  }
  return known[best];
}

bool Seeker::ends_in(const Sequence& sequence, const Goal& goal) const {
  World world(law_);
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const std::optional<Played> played = world.play(model_, world.names().resolve(sequence[i]));
    if (!played || played->branch != (i + 1 < sequence.size() ? kSuccess : goal.branch)) return false;
  }
  return !goal.later || model_.end().pieces > 0;
}

Sequence Seeker::minimal(Sequence sequence, const Goal& goal) const {
  for (std::size_t i = sequence.size() - 1; i-- > 0;) {
    Sequence shorter = without_steps(sequence, i, i + 1);
    if (ends_in(shorter, goal)) sequence = std::move(shorter);
  }
  return sequence;
}

bool Seeker::hits(const Goal& goal, World& world, const Sequence& sequence, std::vector<Start>& found,
                  std::uint64_t& depth) {
  const Drawer::Aimed* aimed =
      drawer_.aim(model_, world.state(), situation_, goal.rule, goal.branch,
                  goal.branch == kSuccess ? 2 * kSeekGoalAims : kSeekGoalAims, random_, after_, goal.later);
  depth = rank(drawer_.nearest()) + 1;
  if (aimed == nullptr || aimed->branch != goal.branch || (goal.later && aimed->pieces == 0)) return false;
  const std::optional<SequenceStep> step = world.names().symbolic(world.state(), aimed->call);
  if (!step) return false;
  Sequence all = sequence;
  all.push_back(*step);
  if (!ends_in(all, goal)) return false;
  all = minimal(std::move(all), goal);
  if (goal.branch == kSuccess) learn(all);
  found.push_back({{all.begin(), all.end() - 1}, {all.back()}});
  return true;
}

void Seeker::walk(std::size_t which, std::vector<Start>& found) {
  ++goals_[which].effort;
  const Goal goal = goals_[which];
  Candidate& from = pick_candidate(goal);
  ++from.walks;
  World world = entries_[from.entry].world;
  Sequence sequence = entries_[from.entry].sequence;
  situation_.reset(world.state());
  drawer_.clear();
  const auto strike_goal = [&] { strike(goal.rule, goal.branch, goal.later); };
  std::uint64_t depth = 0;
  if (hits(goal, world, sequence, found, depth)) return strike_goal();
  // How near the goal a call came, by its line and by how much of the goal's condition was met.
  const auto nearness = [&] { return std::pair{std::min(depth, rank(goal.branch) + 1), drawer_.met()}; };
  const auto begin = std::max(nearness(), std::pair{std::min(from.depth, rank(goal.branch) + 1), std::uint32_t{0}});
  const std::vector<std::uint32_t> rules =
      random_.one_in(2)
          ? topics_.about(goal.rule, random_)
          : topics_.scene(
                goal.rule, [this](std::uint32_t r, std::size_t p) { return drawer_.needs(r, p); }, random_);
  for (int made = 0, tries = 0; made < kSeekWalk && tries < 4 * kSeekWalk && sequence.size() < kLongestWalk; ++tries) {
    const std::uint32_t rule = drawer_.rule(world.state(), rules, random_);
    if (!named_[rule]) continue;
    const std::vector<Result>& results = law_.rules[rule].results;
    if (std::any_of(results.begin(), results.end(), [&](const Result& result) {
          return result.type.tag == TypeTag::reference && world.state().population(result.type.id) >= kSeekCrowd;
        })) {
      continue;
    }
    const float rarity = drawer_.rarity(rule);
    const Drawer::Aimed* aimed =
        drawer_.aim(model_, world.state(), situation_, rule, kSuccess,
                    kSeekAims + static_cast<int>(kMoreSeekAims * rarity * rarity), random_, after_);
    if (aimed == nullptr || aimed->branch != kSuccess) continue;
    const Call call = aimed->call;
    std::optional<SequenceStep> step = world.names().symbolic(world.state(), call);
    if (!step) continue;
    const State before = world.state();
    const std::optional<Played> played = world.play(model_, call);
    if (!played) continue;
    sequence.push_back(std::move(*step));
    situation_.follow(before, call, kSuccess, world.state());
    drawer_.remember(before, call, random_);
    ++made;
    if (hits(goal, world, sequence, found, depth)) return strike_goal();
    if (nearness() > begin && entries_.size() < 2 * kMostEntries) {
      return keep(std::move(world), std::move(sequence), goal.rule, {0, depth, 0, goal.branch, drawer_.met()});
    }
  }
}

std::vector<Start> Seeker::search(std::uint64_t tries) {
  std::vector<Start> found;
  const std::uint64_t end = drawer_.tries() + tries;
  while (!goals_.empty() && drawer_.tries() < end) walk(pick_goal(), found);
  return found;
}

}  // namespace iolaw
