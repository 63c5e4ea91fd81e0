// SPDX-License-Identifier: Apache-2.0
// The compiled model and the evaluator agree: on calls of random runs and in arbitrary states, on the truth of every
// property there, and on every outcome that the law has.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>

#include "model/emit/test/arbitrary.hpp"
#include "model/emit/test/compare.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kFewRules = 20;

std::set<std::string> all_outcomes(const Law& law) {
  std::set<std::string> all;
  for (const Rule& rule : law.rules) {
    all.insert(branch_id(rule, kSuccess));
    for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
      if (rule.branches[branch].may) continue;  // a step goes on
      all.insert(rule.branches[branch].unspecified ? rule.name + ".unspecified" : branch_id(rule, branch));
    }
  }
  return all;
}

template <class Compiled>
class Agree : public testing::Test {
 protected:
  // Among 2^64 numbers the compiled model of a large law does not look everywhere for one that is permitted.
  bool chooses_number(std::uint32_t rule) const {
    if (law_.rules.size() <= kFewRules) return false;
    const std::vector<Item>& items = law_.rules[rule].items;
    return std::any_of(items.begin(), items.end(),
                       [](const Item& item) { return item.tag == Item::Tag::choose && item.type.is_integer(); });
  }

  // The first disagreement of a run of `length` calls from the initial state.
  std::string walk(std::uint64_t seed, int length) {
    std::mt19937_64 random(seed);
    State state(law_);
    for (int at = 0; at < length; ++at) {
      const Call call = sampler_.call(state, static_cast<std::uint32_t>(random() % law_.rules.size()), random);
      if (chooses_number(call.rule)) continue;
      const Compared compared = compare_call<Compiled>(law_, model_, state, call);
      if (!compared.difference.empty()) return compared.difference;
      if (compared.full) return {};
      missing_.erase(compared.outcome);
      if (!compared.changed) continue;
      const std::string properties = compare_properties<Compiled>(law_, model_, state, nullptr, nullptr);
      if (!properties.empty()) return properties;
    }
    return {};
  }

  // The first disagreement on calls of each rule and on all properties in an arbitrary state.
  std::string jump(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const State state = arbitrary_state(law_, random);
    const std::string properties = compare_properties<Compiled>(law_, model_, state, nullptr, nullptr);
    if (!properties.empty()) return properties;
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (chooses_number(rule)) continue;
      for (const Call& call : {sampler_.call(state, rule, random), arbitrary_call(law_, rule, random)}) {
        State next = state;
        const Compared compared = compare_call<Compiled>(law_, model_, next, call);
        if (!compared.difference.empty()) return compared.difference;
        missing_.erase(compared.outcome);
      }
    }
    return {};
  }

  const Law& law_ = law_of<Compiled>();
  Model model_{law_};
  Sampler sampler_{law_};
  std::set<std::string> missing_ = all_outcomes(law_);
};

using Laws = testing::Types<CompiledCore, CompiledIommufd, CompiledShapes>;
TYPED_TEST_SUITE(Agree, Laws);

TYPED_TEST(Agree, InRandomRuns) {
  EXPECT_TRUE(rc::check("a run", [&](std::uint64_t seed) {
    const std::string difference = this->walk(seed, *rc::gen::inRange(1, 400));
    if (!difference.empty()) RC_FAIL(difference);
  }));
}

TYPED_TEST(Agree, InArbitraryStates) {
  EXPECT_TRUE(rc::check("calls of each rule", [&](std::uint64_t seed) {
    for (std::uint64_t at = 0; at < 20; ++at) {
      const std::string difference = this->jump(seed + at);
      if (!difference.empty()) RC_FAIL(difference);
    }
  }));
}

// The same seeds every time: what these take, they always take.
TYPED_TEST(Agree, OnEveryOutcome) {
  const std::uint64_t kMost = this->law_.rules.size() > kFewRules ? 1000 : 10'000;
  for (std::uint64_t seed = 0; seed < kMost && !this->missing_.empty(); ++seed) {
    ASSERT_EQ(this->jump(seed), "") << "seed " << seed;
    if (seed % 8 != 0) continue;
    ASSERT_EQ(this->walk(seed, 100), "") << "seed " << seed;
  }
  // In a large law some outcomes need states that arbitrary ones seldom are.
  const std::size_t most = this->law_.rules.size() > kFewRules ? all_outcomes(this->law_).size() / 4 : 0;
  EXPECT_LE(this->missing_.size(), most) << fmt::format("no call took {}", fmt::join(this->missing_, " "));
}

}  // namespace
}  // namespace iolaw
