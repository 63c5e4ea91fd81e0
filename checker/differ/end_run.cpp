// SPDX-License-Identifier: Apache-2.0
// The end of a run: everything is destroyed, and what was asked before is asked again.
#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// One of so many runs ends by destroying everything.
constexpr std::uint64_t kEnding = 2;
constexpr int kMostEndings = 24;
constexpr std::uint64_t kProbesAtEnd = 4;

}  // namespace

// A call that ends something that lives, mostly one that succeeds.
std::optional<Call> Runner::ending(QuickRandom& random) {
  const State& state = session_.state();
  std::optional<Call> found;
  std::uint64_t seen = 0;
  for (std::uint32_t kind = 0; kind < endings_.size(); ++kind) {
    if (endings_[kind].empty()) continue;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      const auto [rule, parameter] = endings_[kind][random.below(endings_[kind].size())];
      const int tries = model_.law().rules[rule].parameters.size() == 1 ? 1 : 4;
      for (int i = 0; i < tries; ++i) {
        Call call;
        drawer_.draw(state, situation_, rule, random, call);
        call.arguments[parameter] = object;
        scratch_ = state;
        const std::optional<std::uint32_t> branch = model_.step(scratch_, call, scratch_outcome_);
        if (!branch || ledger_.hopeless(rule, *branch)) continue;
        if (*branch != kSuccess && random() % 4 != 0) continue;
        if (random() % ++seen == 0) found = std::move(call);
        break;
      }
    }
  }
  return found;
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
