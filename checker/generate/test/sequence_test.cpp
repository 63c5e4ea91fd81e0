// SPDX-License-Identifier: Apache-2.0
#include "model/trace/sequence.hpp"

#include <gtest/gtest.h>

#include "checker/generate/budget.hpp"
#include "checker/generate/minimize.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

constexpr std::uint32_t kOpen = 0;
constexpr std::uint32_t kAdd = 1;

Argument number(Word word) { return {word, Argument::kNoStep, 0}; }
Argument object(std::int32_t step) { return {kNone, step, 0}; }

Sequence opened_twice() {
  return {{kOpen, {}}, {kOpen, {}}, {kAdd, {object(1), number(0x3000), number(0x2000), number(1)}}};
}

TEST(Sequence, keeps_its_objects_when_steps_go) {
  const Sequence shorter = without_steps(opened_twice(), 0, 1);
  ASSERT_EQ(shorter.size(), 2U);
  EXPECT_EQ(shorter[1].arguments[0], object(0));
}

TEST(Sequence, loses_objects_whose_step_goes) {
  const Sequence shorter = without_steps(opened_twice(), 1, 2);
  EXPECT_EQ(shorter[1].arguments[0], number(kNone));
}

TEST(Sequence, resolves_objects) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  World world(law);
  const auto played = play(model, opened_twice(), world);
  ASSERT_TRUE(played);
  EXPECT_EQ(played->back().branch, kSuccess);
  EXPECT_EQ(world.state().population(1), 1U);
  const Call call{kAdd, {1, 0, 0x1000, 0}};
  const auto step = world.names().symbolic(world.state(), call);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->arguments[0], object(1));
  EXPECT_EQ(world.names().resolve(*step), call);
}

TEST(Minimize, keeps_what_matters) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const Simplicity simplicity(law);
  Budget budget(100'000);
  const Sequence small = minimize(law, simplicity, opened_twice(), budget, [&](const Sequence& candidate) {
    World world(law);
    const auto played = play(model, candidate, world);
    return played && candidate.back().rule == kAdd && played->back().branch == kSuccess;
  });
  const Sequence expected{{kOpen, {}}, {kAdd, {object(0), number(0), number(0x1000), number(0)}}};
  EXPECT_EQ(small, expected);
}

TEST(Minimize, stops_when_the_budget_is_used_up) {
  const Law law = parse_text(kSmallLaw);
  const Simplicity simplicity(law);
  Budget budget(4);
  int trials = 0;
  minimize(law, simplicity, opened_twice(), budget, [&](const Sequence&) { return ++trials, false; });
  EXPECT_LE(trials, 4);
}

}  // namespace
}  // namespace iolaw
