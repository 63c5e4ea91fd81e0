// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/survey.hpp"

#include <algorithm>
#include <unordered_map>

#include "checker/generate/context.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"

namespace iolaw {
namespace {

// States that look alike to a rule, in which its calls are tried.
constexpr std::uint32_t kAlikeToRule = 3;

// The pair of step `first` and the call after it; empty if the call's branch would have been the same before, or if the
// call is about what the first step made.
std::string pair_key(const Model& model, const World& before_first, const SequenceStep& first, std::size_t first_index,
                     const SequenceStep& second, const Played& played) {
  const Law& law = model.law();
  if (law.rules[first.rule].probe || law.rules[second.rule].probe) return {};
  for (const Argument& argument : second.arguments) {
    if (argument.step == static_cast<std::int32_t>(first_index)) return {};
  }
  World world = before_first;
  const auto without = world.play(model, world.names().resolve(second));
  if (!without || without->branch == played.branch) return {};
  return law.rules[first.rule].name + ", then " + branch_id(law.rules[second.rule], played.branch) + ", which was " +
         branch_id(law.rules[second.rule], without->branch) + " before";
}

}  // namespace

std::vector<std::string> shown_by(const Model& model, const Sequence& sequence, SurveyScope scope,
                                  std::optional<std::size_t> only) {
  std::vector<std::string> keys;
  const auto add = [&](std::string key) {
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  };
  World world(model.law());
  World before_last(model.law());
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const World before = world;
    const Call call = world.names().resolve(sequence[i]);
    const auto played = world.play(model, call);
    if (!played) return {};
    if (!only || *only == i) {
      if (!model.law().rules[call.rule].probe) {
        add(context_of(model, before.state(), call, *played, world.state()));
        if (scope == SurveyScope::around) {
          for (std::string& key : surroundings_of(model, before.state(), call, *played, world.state())) {
            add(std::move(key));
          }
        }
      }
      if (i > 0) add(pair_key(model, before_last, sequence[i - 1], i - 1, sequence[i], *played));
    }
    before_last = before;
  }
  return keys;
}

std::map<std::string, Sequence> survey(const Model& model, const Sampler& sampler, const std::vector<Reached>& pool,
                                       std::uint32_t draws, std::uint64_t seed, Budget& budget, SurveyScope scope) {
  const Law& law = model.law();
  std::mt19937_64 random(seed);
  std::map<std::string, Sequence> found;
  const Relevance relevance(law);
  std::unordered_map<std::uint64_t, std::uint32_t> tried;
  for (const Reached& from : pool) {
    World before_last(law);
    Sequence history = from.sequence;
    if (!history.empty()) history.pop_back();
    play(model, history, before_last);
    const bool pairs = !from.sequence.empty();
    for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
      if (law.rules[rule].probe) continue;
      if (scope == SurveyScope::around) {
        const std::uint64_t alike = hash_sort(law, from.world.state(), relevance.kinds_of(rule));
        if (tried[alike ^ (rule * 0x9e3779b97f4a7c15)]++ >= kAlikeToRule) continue;
      }
      const auto visit = [&](const SequenceStep& step, const Call& call, const Played& played, const World& after) {
        const auto keep = [&](const std::string& key) {
          if (key.empty() || found.count(key) != 0) return;  // the pool's shortest histories come first
          Sequence& sequence = found[key] = from.sequence;
          sequence.push_back(step);
        };
        keep(context_of(model, from.world.state(), call, played, after.state()));
        if (scope == SurveyScope::around) {
          for (const std::string& key : surroundings_of(model, from.world.state(), call, played, after.state())) {
            keep(key);
          }
        }
        if (pairs) keep(pair_key(model, before_last, from.sequence.back(), from.sequence.size() - 1, step, played));
      };
      RuleTrial trial(model, sampler, from, rule, random);
      if (!trial.run(draws, budget, visit)) return found;
    }
  }
  return found;
}

}  // namespace iolaw
