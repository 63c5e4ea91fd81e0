// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/telling.hpp"

#include <algorithm>
#include <random>

namespace iolaw {
namespace {

constexpr std::size_t kMostTelling = 5;
constexpr int kDrawsOfRule = 4;

}  // namespace

Telling::Telling(const Model& model, std::uint64_t seed)
    : model_(model), seed_(seed), relevance_(model.law()), sampler_(model.law()), slips_(model.law()) {}

std::vector<SequenceStep> Telling::calls(const Sequence& sequence) {
  const Law& law = model_.law();
  std::vector<SequenceStep> chosen;
  World world(law);
  for (std::size_t i = 0; i + 1 < sequence.size(); ++i) {
    if (!world.play(model_, world.names().resolve(sequence[i]))) return chosen;
  }
  const State before = world.state();
  const Call subject = world.names().resolve(sequence.back());
  const auto made = world.play(model_, subject);
  if (!made || law.rules[subject.rule].probe) return chosen;
  std::mt19937_64 random(seed_ ^ before.hash());
  for (const Slip& slip : slips_.of({before, subject, made->branch, world.state()})) {
    for (std::uint32_t rule = 0; rule < law.rules.size() && chosen.size() < kMostTelling; ++rule) {
      const bool concerns = std::any_of(slip.kinds.begin(), slip.kinds.end(),
                                        [&](std::uint32_t kind) { return relevance_.kinds_of(rule)[kind]; });
      if (law.rules[rule].probe || !concerns) continue;
      for (int draw = 0; draw < kDrawsOfRule; ++draw) {
        const Call call = sampler_.call(draw % 2 == 0 ? world.state() : slip.after, rule, random);
        const auto step = world.names().symbolic(world.state(), call);
        if (!step) continue;
        World next = world;
        const auto played = next.play(model_, call);
        if (!played || next.state() != world.state()) continue;
        State slipped = slip.after;
        Outcome outcome;
        try {
          if (!model_.step(slipped, call, outcome) || outcome == played->outcome) continue;
        } catch (const std::exception&) {
          continue;
        }
        if (std::find(chosen.begin(), chosen.end(), *step) == chosen.end()) chosen.push_back(*step);
        break;
      }
    }
  }
  return chosen;
}

}  // namespace iolaw
