// SPDX-License-Identifier: Apache-2.0
// What a run is about: the rules that it draws from, and the calls that it begins with.
#include <algorithm>

#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// One run of so many draws from all rules, one from a random half of them; the others have a topic.
constexpr std::uint64_t kAnything = 6;
// Every so many steps the model alone is asked for outcomes that are missing, with a call of it for so many of the
// steps.
constexpr std::uint64_t kSeekEvery = 20'000;
constexpr std::uint64_t kStepsForCall = 4;
// What was not found for so long is hard to find: it is looked for less often, and longer.
constexpr std::uint64_t kSeekLess = 64;
// How much more a start is worth that ends in a call that seldom succeeds.
constexpr float kRareBeginning = 12;

}  // namespace

void Runner::choose_rules(QuickRandom& random) {
  rules_ = all_rules_;
  in_scene_ = false;
  if (rules_.empty() || random() % kAnything == 0) return;
  if (random() % kAnything == 0) {
    std::erase_if(rules_, [&](std::uint32_t) { return random() % 2 == 0; });
    if (rules_.empty()) rules_ = all_rules_;
    return;
  }
  // What a rare rule is about, or one of many outcomes, or one whose calls show much that is new.
  std::uint32_t rule = all_rules_[random.below(all_rules_.size())];
  const std::uint64_t wanted = random() % 4;
  const auto worth = [&](std::uint32_t one) {
    if (ledger_.hopeless(one)) return -1.0F;
    if (wanted == 0) return drawer_.rarity(one);
    return wanted == 1 ? static_cast<float>(model_.law().rules[one].branches.size()) : novelty_[one].rate();
  };
  for (int i = 0; i < 3; ++i) {
    const std::uint32_t other = all_rules_[random.below(all_rules_.size())];
    if (worth(other) > worth(rule)) rule = other;
  }
  if (random() % 2 == 0) {
    rules_ = topics_.about(rule, random);
    return;
  }
  choose_scene(rule, random);
}

void Runner::seek() {
  if (steps_ < next_seek_) return;
  const bool first = next_seek_ == 0;
  const std::uint64_t until_next = kSeekEvery + steps_ / kSeekLess;
  next_seek_ = steps_ + until_next;
  if (first) return;
  if (!seeker_) {
    std::vector<Start> starts;
    for (const Used& used : starts_) starts.push_back(used.start);
    seeker_.emplace(model_, starts);
  }
  for (std::uint32_t rule = 0; rule < model_.law().rules.size(); ++rule) {
    for (std::uint32_t branch = 0; branch < model_.law().rules[rule].branches.size(); ++branch) {
      const bool hopeless = ledger_.hopeless(rule) || ledger_.hopeless(rule, branch);
      if (hopeless || ledger_.taken(rule, branch) > 0) seeker_->strike(rule, branch);
      if (hopeless) seeker_->strike(rule, branch, true);
    }
    if (ledger_.hopeless(rule) || ledger_.taken(rule, kSuccess) > 0) seeker_->strike(rule, kSuccess);
  }
  for (Start& start : seeker_->search(until_next / kStepsForCall)) keep_start(std::move(start));
}

std::vector<std::uint32_t> Runner::scene_of(std::uint32_t rule, QuickRandom& random) const {
  return topics_.scene(
      rule, [this](std::uint32_t r, std::size_t p) { return drawer_.needs(r, p); }, random);
}

void Runner::choose_scene(std::uint32_t rule, QuickRandom& random) {
  in_scene_ = true;
  rules_ = scene_of(rule, random);
}

bool Runner::differs_at_start(QuickRandom& random, std::uint64_t most) {
  // Seldom used, with much to try, short, and ending with a call that is rare, or one of those that are to follow.
  const auto cost = [this](const Used& used) {
    const Start& start = used.start;
    float worth = 1;
    if (!start.history.empty()) {
      const float rarity =
          drawer_.rarity(start.calls.size() == 1 ? start.calls.back().rule : start.history.back().rule);
      const bool fits = std::binary_search(rules_.begin(), rules_.end(), start.history.back().rule);
      worth += kRareBeginning * rarity * rarity * rarity * rarity + (fits ? 1 : 0);
    }
    const auto untried = static_cast<float>(used.times == 0 ? std::min<std::size_t>(start.calls.size(), 8) : 0);
    return (static_cast<float>(used.times) * 16 + static_cast<float>(start.history.size()) - 4 * untried) / worth;
  };
  Used* chosen = nullptr;
  for (int i = fast_ ? 8 : 32; i > 0 && !starts_.empty(); --i) {
    Used& used = starts_[random.below(starts_.size())];
    if (used.start.history.size() > most) continue;
    if (chosen == nullptr || cost(used) < cost(*chosen)) chosen = &used;
  }
  if (chosen == nullptr) return false;
  ++chosen->times;
  begins_with(static_cast<std::size_t>(chosen - starts_.data()), ~std::size_t{0});
  const std::uint64_t end = steps_ + most;
  Names names(model_.law(), Names::Dead::until_index_is_used);
  for (const SequenceStep& step : chosen->start.history) {
    if (differs_at_step(step, names)) return true;
    // What the port cannot do, the rest of the start may need.
    if (session_.finding().verdict != Session::Verdict::agrees) {
      pass_over(static_cast<std::size_t>(chosen - starts_.data()));
      return false;
    }
  }
  begins_with(static_cast<std::size_t>(chosen - starts_.data()), session_.told().size());
  // What is tried is so the first time, and now and then.
  if (chosen->start.calls.empty() || (chosen->times > 1 && random() % 4 != 0)) return false;
  planned_ = true;
  for (const SequenceStep& step : chosen->start.calls) {
    if (steps_ >= end) break;
    if (differs_at_step(step, names)) return true;
    if (session_.finding().verdict != Session::Verdict::agrees) continue;
    for (int i = log_.back().branch == kSuccess ? 3 : 1; i > 0; --i) {
      if (differs_at_probes(random, end)) return true;
    }
  }
  return false;
}

bool Runner::differs_at_step(const SequenceStep& step, Names& names) {
  if (differs(names.resolve(step))) return true;
  const Session::Finding& finding = session_.finding();
  names.record(step.rule, finding.verdict == Session::Verdict::agrees ? finding.observed : Outcome{}, session_.state());
  return false;
}

}  // namespace iolaw
