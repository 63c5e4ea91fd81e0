// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/explore.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "checker/generate/rule_trial.hpp"
#include "checker/generate/shape.hpp"

namespace iolaw {
namespace {

// The new states of one length: few of each shape, so that shapes get room.
class Frontier {
 public:
  Frontier(const Law& law, const ExploreOptions& options) : law_(law), options_(options) {}

  void offer(const World& world, const Sequence& history, const SequenceStep& step) {
    if (!seen_.insert(world.state().hash()).second) return;
    std::uint32_t& alike = sorts_[hash_sort(law_, world.state())];
    std::uint32_t& variants = shapes_[hash_shape(law_, world.state())];
    if (alike >= options_.per_sort || variants >= options_.per_shape) return;
    ++alike;
    ++variants;
    Sequence sequence = history;
    sequence.push_back(step);
    ranked_[variants].push_back({world, std::move(sequence)});
  }

  // First one of every shape, then a second one, and so on.
  std::vector<Reached> take() {
    std::vector<Reached> states;
    for (auto& [rank, reached] : ranked_) {
      for (Reached& one : reached) {
        if (states.size() < options_.width) states.push_back(std::move(one));
      }
    }
    ranked_.clear();
    return states;
  }

 private:
  const Law& law_;
  const ExploreOptions& options_;
  std::unordered_set<std::uint64_t> seen_;
  std::unordered_map<std::uint64_t, std::uint32_t> shapes_;
  std::unordered_map<std::uint64_t, std::uint32_t> sorts_;
  std::map<std::uint32_t, std::vector<Reached>> ranked_;
};

// Whether a call failed, and did what it does all the same.
bool failed_late(const Rule& rule, const Played& played) {
  return played.branch != kSuccess && rule.branches[played.branch].keeps;
}

std::vector<std::uint32_t> draws_per_rule(const Law& law, const ExploreOptions& options, std::size_t states) {
  const std::uint32_t more =
      std::max<std::uint32_t>(1, options.draws_per_length / static_cast<std::uint32_t>(states) / options.draws);
  std::vector<std::uint32_t> draws;
  for (const Rule& rule : law.rules) {
    const auto numbers = std::count_if(rule.parameters.begin(), rule.parameters.end(),
                                       [](const Parameter& parameter) { return parameter.type.is_integer(); });
    draws.push_back(options.draws * more * static_cast<std::uint32_t>(1 + numbers));
  }
  return draws;
}

}  // namespace

Call crossed(const Call& call, const Call& other, std::mt19937_64& random) {
  Call result = call;
  const std::uint64_t changes = 1 + random() % 2;
  for (std::uint64_t i = 0; i < changes && !result.arguments.empty(); ++i) {
    const std::size_t index = random() % result.arguments.size();
    result.arguments[index] = other.arguments[index];
  }
  return result;
}

std::vector<Reached> explore(const Model& model, const Sampler& sampler, const ExploreOptions& options, Budget& budget,
                             const Visitor& visit, const std::function<bool(std::uint32_t length)>& enough) {
  const Law& law = model.law();
  std::vector<std::uint32_t> rules = options.rules;
  if (rules.empty()) {
    rules.resize(law.rules.size());
    std::iota(rules.begin(), rules.end(), 0);
  }
  std::mt19937_64 random(options.seed);
  std::vector<Reached> pool{{World(law), {}}};
  Frontier frontier(law, options);
  std::size_t begin = 0;
  for (std::uint32_t length = 1;; ++length) {
    const std::size_t end = pool.size();
    const std::vector<std::uint32_t> draws = draws_per_rule(law, options, end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      for (const std::uint32_t rule : rules) {
        RuleTrial trial(model, sampler, pool[i], rule, random);
        const bool may_go_on =
            trial.run(options.draws, budget,
                      [&](const SequenceStep& step, const Call&, const Played& played, const World& after) {
                        visit(pool[i], step, played, after);
                        // Cases of other outcomes get there by calls that succeed.
                        if (failed_late(law.rules[rule], played)) return;
                        if (!law.rules[rule].probe && !after.is_open() && after.state() != pool[i].world.state()) {
                          frontier.offer(after, pool[i].sequence, step);
                        }
                      });
        if (!may_go_on) return pool;
      }
    }
    if (enough(length) || length > options.depth) return pool;
    std::vector<Reached> next = frontier.take();
    if (next.empty()) return pool;
    begin = end;
    for (Reached& reached : next) pool.push_back(std::move(reached));
  }
}

}  // namespace iolaw
