// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/survey.hpp"

#include <algorithm>
#include <unordered_map>

#include "checker/generate/context.hpp"
#include "checker/generate/in_parallel.hpp"
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

std::vector<std::string> shown_by(const Model& model, const Sequence& sequence, std::optional<std::size_t> only) {
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
        for (std::string& key : surroundings_of(model, before.state(), call, *played, world.state())) {
          add(std::move(key));
        }
        for (std::string& key : numbers_of(model, before.state(), call, *played, world.state())) add(std::move(key));
      }
      if (i > 0) add(pair_key(model, before_last, sequence[i - 1], i - 1, sequence[i], *played));
    }
    before_last = before;
  }
  return keys;
}

namespace {

// What calls of one rule show in the states of the pool.
class RuleSurvey {
 public:
  RuleSurvey(const Law& law, const Relevance& relevance, std::uint32_t rule, std::uint64_t seed)
      : law_(law),
        relevance_(relevance),
        rule_(rule),
        model_(law),
        sampler_(law),
        random_(seed ^ (rule * 0x9e3779b9U)) {}

  void run(const std::vector<Reached>& pool, std::uint32_t draws, Budget& budget) {
    std::unordered_map<std::uint64_t, std::uint32_t> tried;
    for (const Reached& from : pool) {
      if (tried[hash_sort(law_, from.world.state(), relevance_.kinds_of(rule_))]++ >= kAlikeToRule) continue;
      World before_last(law_);
      if (!from.sequence.empty()) {
        play(model_, Sequence(from.sequence.begin(), from.sequence.end() - 1), before_last);
      }
      RuleTrial trial(model_, sampler_, from, rule_, random_);
      const bool may_go_on = trial.run(
          draws, budget, [&](const SequenceStep& step, const Call& call, const Played& played, const World& after) {
            look(from, before_last, step, call, played, after);
          });
      if (!may_go_on) return;
    }
  }

  std::map<std::string, Sequence>& found() { return found_; }

 private:
  void look(const Reached& from, const World& before_last, const SequenceStep& step, const Call& call,
            const Played& played, const World& after) {
    const auto keep = [&](const std::string& key) {
      if (key.empty() || found_.count(key) != 0) return;  // the pool's shortest histories come first
      Sequence& sequence = found_[key] = from.sequence;
      sequence.push_back(step);
    };
    keep(context_of(model_, from.world.state(), call, played, after.state()));
    for (const std::string& key : surroundings_of(model_, from.world.state(), call, played, after.state())) keep(key);
    for (const std::string& key : numbers_of(model_, from.world.state(), call, played, after.state())) keep(key);
    if (from.sequence.empty()) return;
    keep(pair_key(model_, before_last, from.sequence.back(), from.sequence.size() - 1, step, played));
  }

  const Law& law_;
  const Relevance& relevance_;
  std::uint32_t rule_;
  Model model_;
  Sampler sampler_;
  std::mt19937_64 random_;
  std::map<std::string, Sequence> found_;
};

}  // namespace

std::map<std::string, Sequence> survey(const Law& law, const std::vector<Reached>& pool, const SurveyOptions& options,
                                       std::uint64_t& calls) {
  const Relevance relevance(law);
  const std::size_t rules = law.rules.size();
  std::vector<std::map<std::string, Sequence>> found(rules);
  std::vector<std::uint64_t> spent(rules, 0);
  in_parallel(options.threads, rules, [&](std::size_t rule) {
    if (law.rules[rule].probe || (!options.rules.empty() && !options.rules[rule])) return;
    RuleSurvey of_rule(law, relevance, static_cast<std::uint32_t>(rule), options.seed);
    Budget budget(options.calls / rules);
    of_rule.run(pool, options.draws, budget);
    found[rule] = std::move(of_rule.found());
    spent[rule] = budget.spent();
  });
  std::map<std::string, Sequence> all;
  for (std::map<std::string, Sequence>& some : found) all.merge(some);
  for (const std::uint64_t some : spent) calls += some;
  return all;
}

}  // namespace iolaw
