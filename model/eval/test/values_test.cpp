// SPDX-License-Identifier: Apache-2.0
// What values look like to people, and which calls the sampler draws.
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "model/eval/model.hpp"
#include "model/eval/test/build.hpp"
#include "model/eval/test/toy.hpp"

namespace iolaw {
namespace {

using namespace toy;

TEST(Print, CallsAndOutcomes) {
  const Law law = make_law();
  EXPECT_EQ(to_string(law, Call{kRangePut, {0, 0x1000, 5}}), "range.put(space0, start = 0x1000, length = 5)");
  EXPECT_EQ(to_string(law, Call{kRangePut, {kNone, 0, ~Word{0}}}), "range.put(space = none, start = 0, length = MAX)");
  EXPECT_EQ(to_string(law, Call{kRangePut, {0, 0, 0}}, Outcome{EINVAL, {}}, 1), "EINVAL (range.put.length)");
  EXPECT_EQ(to_string(law, Call{kRangePut, {0, 0, 0}}, Outcome{EIO, {}}, kSuccess), "EIO");
  EXPECT_EQ(to_string(law, Call{kRangePut, {0, 0, 1}}, Outcome{0, {2}}, kSuccess), "ok, range = range2");
  EXPECT_EQ(to_string(law, Call{kPortDrop, {0, 0}}, Outcome{0, {std::nullopt}}, kSuccess), "ok, heavier = none");
}

TEST(Print, FlagsAndEnums) {
  Law law = make_law();
  law.flag_sets.push_back({"Rights", {"READ", "WRITE"}, {}, {}});
  law.enums.push_back({"Mode", {"off", "on"}, {}, {}});
  const Type flags{TypeTag::flags, false, 0};
  const Type mode{TypeTag::enumeration, false, 0};
  Word word = 3;
  EXPECT_EQ(to_string(law, flags, &word), "{READ, WRITE}");
  word = 0;
  EXPECT_EQ(to_string(law, flags, &word), "{}");
  EXPECT_EQ(to_string(law, mode, &word), "off");
}

TEST(Print, OnlyWhatDiffers) {
  const Law law = make_law();
  const Model model(law);
  State before(law);
  Outcome outcome;
  model.step(before, {kSpaceNew, {}}, outcome);
  model.step(before, {kRangePut, {0, 0x1000, 0x1000}}, outcome);
  State after = before;
  model.step(after, {kRangePut, {0, 0x3000, 0x1000}}, outcome);
  model.step(after, {kRangeTake, {0, 0x1000, 0x1000}}, outcome);
  after.field(kRange, 1, kRangeNote)[0] = 7;
  after.field(kRange, 1, kRangeNote)[1] = 1;
  EXPECT_EQ(difference(law, before, after),
            (std::vector<std::string>{"- memory0", "+ memory1: size = 0x1000", "- range0",
                                      "+ range1: space = space0, span = 0x3000..0x3fff, memory = memory1, note = 7"}));
  State changed = after;
  changed.field(kRange, 1, kRangeNote)[0] = 0;
  changed.field(kRange, 1, kRangeNote)[1] = 0;
  EXPECT_EQ(difference(law, after, changed), std::vector<std::string>{"~ range1: note = none (was 7)"});
  EXPECT_TRUE(difference(law, after, after).empty());
}

// A few thousand drawn calls reach every branch of every rule, and live objects are the usual arguments.
TEST(Sampler, ReachesEveryBranch) {
  const Law law = make_law();
  const Model model(law);
  const Sampler sampler(law);
  std::mt19937_64 random(1);
  State state(law);
  Outcome outcome;
  std::set<std::string> reached;
  for (int step = 0; step < 20'000; ++step) {
    if (step % 100 == 0) state = State(law);  // else it only fills up
    const Call call = sampler.call(state, random);
    ASSERT_EQ(call.arguments.size(), law.rules[call.rule].parameters.size());
    const auto branch = model.step(state, call, outcome);
    reached.insert(branch ? branch_id(law.rules[call.rule], *branch) : law.rules[call.rule].name + ".unspecified");
    for (const Property& property : law.properties) {
      if (property.tag != Property::Tag::invariant) continue;
      ASSERT_TRUE(model.holds(property, state)) << property.name;
    }
  }
  for (const Rule& rule : law.rules) {
    EXPECT_TRUE(reached.count(branch_id(rule, kSuccess))) << rule.name;
    for (std::uint32_t branch = 0; branch < rule.branches.size(); ++branch) {
      if (rule.branches[branch].unspecified) continue;
      EXPECT_TRUE(reached.count(branch_id(rule, branch))) << branch_id(rule, branch);
    }
  }
}

TEST(Sampler, IsReproducible) {
  const Law law = make_law();
  const Sampler sampler(law);
  std::mt19937_64 one(5);
  std::mt19937_64 two(5);
  const State state(law);
  for (int draw = 0; draw < 100; ++draw) EXPECT_EQ(sampler.call(state, one), sampler.call(state, two));
}

}  // namespace
}  // namespace iolaw
