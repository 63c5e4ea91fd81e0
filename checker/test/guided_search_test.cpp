// SPDX-License-Identifier: Apache-2.0
// Outcomes that lie deep are reached without a solver.
#include "checker/prove/guided_search.hpp"
#include "checker/prove/replays.hpp"

#include <gtest/gtest.h>

#include "checker/test/law_of.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

std::vector<scope::Target> outcomes_of(const Law& law) {
  std::vector<scope::Target> targets;
  for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
    if (law.rules[r].probe) continue;
    targets.push_back({.tag = scope::Target::Tag::outcome, .rule = r, .branch = kSuccess});
    for (std::uint32_t b = 0; b < law.rules[r].branches.size(); ++b) {
      if (law.rules[r].branches[b].unspecified) continue;
      targets.push_back({.tag = scope::Target::Tag::outcome, .rule = r, .branch = b});
    }
  }
  return targets;
}

// But for so many.
void expect_all(const Law& law, std::size_t may_miss = 0) {
  const Model model(law);
  const std::vector<scope::Target> targets = outcomes_of(law);
  const GuidedSearchResult found = guided_search(model, targets);
  std::size_t missed = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::string name = branch_id(law.rules[targets[i].rule], targets[i].branch);
    if (!found.witnesses[i] && ++missed <= may_miss) continue;
    ASSERT_TRUE(found.witnesses[i]) << name;
    EXPECT_TRUE(replays(model, targets[i], *found.witnesses[i])) << name;
  }
}

// Each step needs what the last one made, and a number that the law names.
const std::string kStairs = R"(
const SECRET: u64 = 123456789
object Floor { height: u64 }
object Stairs { holds from: Floor, holds to: Floor, open: bool }
object Guest { holds on: Floor, holds by: maybe Stairs, climbed: u64 }
rule floor.build(height: u64) -> floor: Floor {
  fails EINVAL [height] when height > 9
  then floor = new Floor { height }
}
rule stairs.build(from: Floor, to: Floor) -> stairs: Stairs {
  fails ENOENT [from] unless from lives
  fails ENOENT [to] unless to lives
  fails EINVAL [slope] unless to.height == from.height + 1
  then stairs = new Stairs { from, to, open = false }
}
rule stairs.open(stairs: Stairs, code: u64) {
  fails ENOENT [stairs] unless stairs lives
  fails EACCES [code] unless code == SECRET
  then stairs.open = true
}
rule guest.come(floor: Floor) -> guest: Guest {
  fails ENOENT [floor] unless floor lives
  then guest = new Guest { on = floor, by = none, climbed = 0 }
}
rule guest.climb(guest: Guest, stairs: Stairs) {
  fails ENOENT [guest] unless guest lives
  fails ENOENT [stairs] unless stairs lives
  fails EPERM [closed] unless stairs.open
  fails EINVAL [elsewhere] unless guest.on == stairs.from
  then {
    guest.on = stairs.to
    guest.by = stairs
    guest.climbed = guest.climbed + 1
  }
}
rule guest.rest(guest: Guest) {
  fails ENOENT [guest] unless guest lives
  fails EAGAIN [fresh] when guest.by is none
  fails EAGAIN [low] unless guest.climbed > 0 and guest.on.height > 1
  then destroy guest
}
)";

TEST(GuidedSearch, ReachesWhatLiesDeep) { expect_all(law_of(kStairs)); }

TEST(GuidedSearch, IsDeterministic) {
  const Law law = law_of(kStairs);
  const Model model(law);
  const std::vector<scope::Target> targets = outcomes_of(law);
  const GuidedSearchResult one = guided_search(model, targets);
  const GuidedSearchResult two = guided_search(model, targets);
  EXPECT_EQ(one.witnesses, two.witnesses);
  EXPECT_EQ(one.calls, two.calls);
}

TEST(GuidedSearch, GivesUp) {
  const Law law = law_of(R"(
object Lamp { on: bool }
rule lamp.make() -> lamp: Lamp { then lamp = new Lamp { on = false } }
rule lamp.off(lamp: Lamp) {
  fails ENOENT [lamp] unless lamp lives
  fails EINVAL [dark] unless lamp.on
  then lamp.on = false
}
)");
  const Model model(law);
  const std::vector<scope::Target> targets = outcomes_of(law);
  const GuidedSearchResult found = guided_search(model, targets, {.calls = 20'000});
  EXPECT_LE(found.calls, 30'000U);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    EXPECT_EQ(found.witnesses[i].has_value(),
              law.rules[targets[i].rule].name != "lamp.off" || targets[i].branch != kSuccess);
  }
}

TEST(GuidedSearch, ReachesEveryOutcomeOfTheLaw) {
  const Parsed parsed = parse_law(IOLAW_SOURCE_DIR "/spec/iommufd.law");
  ASSERT_TRUE(parsed.law);
  expect_all(*parsed.law, 31);  // what `iolaw prove` finds by looking deep and by joining histories
}

}  // namespace
}  // namespace iolaw
