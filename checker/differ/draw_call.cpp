// SPDX-License-Identifier: Apache-2.0
// The next call of a run: of several that are drawn, the one that tells most.
#include <algorithm>
#include <iterator>
#include <utility>

#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// How often a line is taken by calls that name an object of a kind of which none lives.
constexpr std::uint64_t kOfNothing = 4;
// One of so many calls is of a rule that has nothing to name, or that makes one more of what there is enough of.
constexpr std::uint64_t kAnyRule = 32;
// One of so many calls is of any rule at all.
constexpr std::uint64_t kBeyond = 8;
// How often a run that has nothing to do gets more rules, or may make more objects.
constexpr int kWider = 6;
// What a call is worth by which there are objects of a kind of which there were none.
constexpr float kNewKind = 5;
// How many more tries a call gets whose rule never succeeded.
constexpr float kMoreDrawAims = 8;
constexpr float kMoreFastAims = 4;  // likewise, where speed counts
// What a rule that never succeeded is worth, besides what is new about a call.
constexpr float kRare = 10;

}  // namespace

bool Runner::crowded(std::uint32_t rule) const {
  const std::vector<Result>& results = model_.law().rules[rule].results;
  return std::any_of(results.begin(), results.end(), [&](const Result& result) {
    return result.type.tag == TypeTag::reference && session_.state().population(result.type.id) >= most_objects_;
  });
}

// Kinds of which objects live in `after` alone.
float Runner::new_kinds(const State& after) const {
  float kinds = 0;
  for (std::uint32_t kind = 0; kind < model_.law().kinds.size(); ++kind) {
    if (session_.state().population(kind) == 0 && after.population(kind) > 0) ++kinds;
  }
  return kinds;
}

// Success, or that of two lines which was taken less often.
std::uint32_t Runner::goal(std::uint32_t rule, QuickRandom& random) const {
  const std::vector<Branch>& branches = model_.law().rules[rule].branches;
  if (branches.empty() || random() % 8 < (in_scene_ ? 6 : 4)) return kSuccess;
  std::uint32_t best = kSuccess;
  for (int i = 0; i < 2; ++i) {
    const auto branch = static_cast<std::uint32_t>(random.below(branches.size()));
    if (branches[branch].unspecified || ledger_.hopeless(rule, branch)) continue;
    if (best == kSuccess || ledger_.taken(rule, branch) < ledger_.taken(rule, best)) best = branch;
  }
  return best;
}

// It is the next call, and leads to scratch_.
void Runner::take(Drawer::Aimed& aimed) {
  std::swap(drawn_, aimed.call);
  expected_.branch = aimed.branch;
  std::swap(expected_.outcome, aimed.outcome);
  std::swap(expected_.next, scratch_);
  known_ = !aimed.open;
}

void Runner::find_able(QuickRandom& random) {
  if (able_known_) return;
  able_known_ = true;
  for (int tries = 0; tries < kWider; ++tries) {
    able_.clear();
    for (const std::uint32_t rule : rules_) {
      if (drawer_.has_targets(session_.state(), rule) && !crowded(rule)) able_.push_back(rule);
    }
    if (!able_.empty() || rules_.empty()) return;
    // Nothing to do with these: what one of them needs comes from others, or there may be more of it.
    const std::vector<std::uint32_t> own = std::exchange(rules_, {});
    const std::vector<std::uint32_t> others = scene_of(own[random.below(own.size())], random);
    std::set_union(own.begin(), own.end(), others.begin(), others.end(), std::back_inserter(rules_));
    if (rules_.size() == own.size()) ++most_objects_;
  }
}

bool Runner::draw(QuickRandom& random) {
  find_able(random);
  known_ = false;
  bool found = false;
  bool succeeds = false;
  float most = -1;
  for (int i = 0; i < draws_ || (!found && i < 24); ++i) {
    const bool any = able_.empty() || random.one_in(kAnyRule);
    const bool beyond = random.one_in(kBeyond);
    const std::uint32_t rule = drawer_.rule(session_.state(), beyond ? all_rules_ : any ? rules_ : able_, random);
    if (beyond && crowded(rule)) continue;
    const std::uint32_t wanted = goal(rule, random);
    const float rarity = wanted == kSuccess ? drawer_.rarity(rule) : 0;
    const int tries =
        aims_ + static_cast<int>((fast_ ? kMoreFastAims : kMoreDrawAims) * rarity * rarity * rarity * rarity);
    // What a loop did before it failed is more than nothing.
    const bool later =
        fast_ && wanted != kSuccess && model_.law().rules[rule].branches[wanted].each && random.one_in(2);
    Drawer::Aimed* aimed =
        drawer_.aim(model_, session_.state(), situation_, rule, wanted, tries, random, scratch_, later, fast_);
    if (aimed == nullptr || ledger_.hopeless(rule, aimed->branch)) continue;
    const bool success = aimed->branch == kSuccess;
    const bool nothing_there = !success && names_dead(model_.law(), session_.state(), aimed->call);
    if (nothing_there && ledger_.taken(rule, aimed->branch) >= kOfNothing) continue;
    if (fast_) {
      take(*aimed);
      return success;
    }
    found_.clear();
    situation_.features(session_.state(), aimed->call, aimed->branch, scratch_, found_);
    const float worth =
        coverage_.worth(found_) + (success ? kRare * drawer_.rarity(rule) + new_kinds(scratch_) * kNewKind : 0);
    if (found && worth <= most) continue;
    most = worth;
    found = true;
    succeeds = success;
    take(*aimed);
    features_.swap(found_);
  }
  if (found) return succeeds;
  features_.clear();
  drawer_.draw(session_.state(), situation_, rules_[random.below(rules_.size())], random, drawn_);
  return false;
}

}  // namespace iolaw
