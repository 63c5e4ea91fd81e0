// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/grow_pool.hpp"

#include <memory>
#include <random>
#include <unordered_set>

#include "checker/generate/near_calls.hpp"
#include "checker/generate/relevance.hpp"
#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"

namespace iolaw {
namespace {

// Histories that are not made longer; and for each other one, how many rules are tried, how often, and how many calls
// of the history are repeated, how often.
constexpr std::size_t kLongestGrown = 11;
constexpr std::uint32_t kRulesTried = 8;
constexpr std::uint32_t kTrialsOfRule = 3;
constexpr std::uint32_t kRepeated = 4;
constexpr std::uint32_t kRepetitions = 6;

class Grower {
 public:
  Grower(const Model& model, std::vector<Reached>& pool, std::uint64_t seed, std::uint64_t calls)
      : model_(model), law_(model.law()), pool_(pool), sampler_(law_), random_(seed), budget_(calls) {
    for (const Reached& reached : pool) shapes_.insert(hash_shape(law_, reached.world.state()));
    const Relevance relevance(law_);
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      near_.push_back(std::make_unique<NearCalls>(law_, rule));
      std::vector<std::uint32_t>& helpful = helpful_.emplace_back();
      for (const std::uint32_t other : relevance.helpful_to(rule)) {
        if (!law_.rules[other].probe) helpful.push_back(other);
      }
    }
  }

  std::uint64_t run() {
    // The pool grows meanwhile; what is new is made to grow, too.
    for (std::size_t i = 0; i < pool_.size() && !budget_.exhausted(); ++i) {
      if (pool_[i].sequence.empty() || pool_[i].sequence.size() >= kLongestGrown) continue;
      const Reached from = pool_[i];
      const std::vector<std::uint32_t>& rules = helpful_[from.sequence.back().rule];
      for (std::uint32_t trial = 0; trial < kRulesTried && !rules.empty(); ++trial) {
        RuleTrial(model_, sampler_, from, rules[random_() % rules.size()], random_)
            .run(kTrialsOfRule, budget_,
                 [&](const SequenceStep& step, const Call&, const Played& played, const World& after) {
                   keep(from, step, played, after);
                 });
      }
      for (std::uint32_t repeat = 0; repeat < kRepeated; ++repeat) repeat_call(from);
    }
    return budget_.spent();
  }

 private:
  void keep(const Reached& from, const SequenceStep& step, const Played& played, const World& after) {
    if (played.branch != kSuccess || !shapes_.insert(hash_shape(law_, after.state())).second) return;
    Reached further{after, from.sequence};
    further.sequence.push_back(step);
    pool_.push_back(std::move(further));
  }

  void repeat_call(const Reached& from) {
    const SequenceStep& again = from.sequence[random_() % from.sequence.size()];
    const Call call = from.world.names().resolve(again);
    const std::vector<std::vector<Word>> choices = near_[again.rule]->around(from.world.state(), call);
    World after = from.world;
    for (std::uint32_t repetition = 0; repetition < kRepetitions; ++repetition) {
      Call other = call;
      for (std::uint64_t changes = repetition == 0 ? 0 : 1 + random_() % 2; changes > 0 && !choices.empty();
           --changes) {
        const std::size_t i = random_() % choices.size();
        if (!choices[i].empty()) other.arguments[i] = choices[i][random_() % choices[i].size()];
      }
      const auto step = from.world.names().symbolic(from.world.state(), other);
      if (!step) continue;
      after = from.world;
      budget_.spend();
      if (const auto played = after.play(model_, other)) keep(from, *step, *played, after);
    }
  }

  const Model& model_;
  const Law& law_;
  std::vector<Reached>& pool_;
  Sampler sampler_;
  std::mt19937_64 random_;
  Budget budget_;
  std::unordered_set<std::uint64_t> shapes_;
  std::vector<std::unique_ptr<NearCalls>> near_;     // per rule
  std::vector<std::vector<std::uint32_t>> helpful_;  // per rule
};

}  // namespace

std::uint64_t grow_pool(const Model& model, std::vector<Reached>& pool, std::uint64_t seed, std::uint64_t calls) {
  return Grower(model, pool, seed, calls).run();
}

}  // namespace iolaw
