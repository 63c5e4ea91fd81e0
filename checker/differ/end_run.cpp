// SPDX-License-Identifier: Apache-2.0
// The end of a run: everything is destroyed, and what was asked before is asked again.
#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// One of so many runs ends by destroying everything.
constexpr std::uint64_t kEnding = 2;
constexpr int kMostEndings = 24;
constexpr int kEndTries = 24;           // to find a call that ends something
constexpr std::uint64_t kFailing = 12;  // one of so many that do not
constexpr std::uint64_t kProbesAtEnd = 4;

}  // namespace

// A call that ends something that lives, mostly one that succeeds.
std::optional<Call> Runner::ending(QuickRandom& random) {
  const State& state = session_.state();
  for (int tries = 0; tries < kEndTries; ++tries) {
    // Each object as likely as the others.
    std::uint32_t chosen = 0;
    std::uint64_t living = 0;
    for (std::uint32_t kind = 0; kind < endings_.size(); ++kind) {
      if (endings_[kind].empty() || state.population(kind) == 0) continue;
      living += state.population(kind);
      if (random.below(living) < state.population(kind)) chosen = kind;
    }
    if (living == 0) return std::nullopt;
    const auto [rule, parameter] = endings_[chosen][random.below(endings_[chosen].size())];
    if (ledger_.hopeless(rule)) continue;
    Call call;
    drawer_.draw(state, situation_, rule, random, call);
    call.arguments[parameter] = any_living(state, chosen, random);
    scratch_ = state;
    const std::optional<std::uint32_t> branch = model_.step(scratch_, call, scratch_outcome_);
    if (!branch || ledger_.hopeless(rule, *branch)) continue;
    if (*branch == kSuccess || random.one_in(kFailing)) return call;
  }
  return std::nullopt;
}

bool Runner::differs_at_end(QuickRandom& random, std::uint64_t end) {
  if (random() % kEnding == 0) {
    for (int i = 0; i < kMostEndings && steps_ < end; ++i) {
      const std::optional<Call> call = ending(random);
      if (!call) break;
      if (differs(*call)) return true;
      if (session_.finding().verdict != Session::Verdict::agrees) break;
    }
  }
  for (std::uint64_t i = 0; i < kProbesAtEnd && steps_ < end; ++i) {
    if (differs_at(observer_.again(session_.state(), random))) return true;
  }
  return false;
}

}  // namespace iolaw
