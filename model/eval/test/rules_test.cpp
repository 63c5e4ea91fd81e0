// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "model/eval/model.hpp"
#include "model/eval/test/build.hpp"
#include "model/eval/test/toy.hpp"

namespace iolaw {
namespace {

using namespace toy;

class Rules : public testing::Test {
 protected:
  // The ID of the branch, "unspecified" if there is none.
  std::string run(RuleIndex rule, std::vector<Word> arguments) {
    const auto branch = model_.step(state_, Call{rule, std::move(arguments)}, outcome_);
    return branch ? branch_id(law_.rules[rule], *branch) : "unspecified";
  }

  const Law law_ = make_law();
  const Model model_{law_};
  State state_{law_};
  Outcome outcome_;
};

TEST_F(Rules, TheFirstBranchThatAppliesDecides) {
  EXPECT_EQ(run(kRangePut, {0, 0, 0}), "range.put.space");
  EXPECT_EQ(outcome_.error, ENOENT);
  EXPECT_EQ(run(kSpaceNew, {}), "space.new.ok");
  EXPECT_EQ(run(kRangePut, {0, 5, 0}), "range.put.length");
  EXPECT_EQ(run(kRangePut, {0, ~Word{0}, 2}), "range.put.wrap");
  EXPECT_EQ(run(kRangePut, {0, ~Word{0}, 1}), "range.put.ok");
  EXPECT_EQ(run(kRangePut, {0, 0, ~Word{0}}), "range.put.ok");
  EXPECT_EQ(run(kRangePut, {0, ~Word{0} - 1, 1}), "range.put.overlap");
  EXPECT_EQ(run(kRangePut, {kNone, 0, 1}), "range.put.space");
}

TEST_F(Rules, AFailureChangesNothing) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0x1000, 0x1000});
  const State before = state_;
  EXPECT_EQ(run(kRangePut, {0, 0x1fff, 1}), "range.put.overlap");
  EXPECT_EQ(state_, before);
}

TEST_F(Rules, NewObjectsTakeTheLowestFreeIndex) {
  for (Word space = 0; space < 3; ++space) {
    run(kSpaceNew, {});
    EXPECT_EQ(outcome_.results.at(0), space);
  }
  run(kSpaceDestroy, {1});
  EXPECT_FALSE(state_.lives(kSpace, 1));
  run(kSpaceNew, {});
  EXPECT_EQ(outcome_.results.at(0), 1U);
  run(kSpaceNew, {});
  EXPECT_EQ(outcome_.results.at(0), 3U);
}

TEST_F(Rules, DestroyTakesWhatLivesInside) {
  run(kSpaceNew, {});
  run(kSpaceNew, {});
  run(kRangePut, {0, 0x1000, 0x1000});
  run(kRangePut, {1, 0x1000, 0x1000});
  run(kPortNew, {0, 4});
  EXPECT_EQ(run(kSpaceDestroy, {0}), "space.destroy.ok");
  EXPECT_FALSE(state_.lives(kRange, 0));
  EXPECT_FALSE(state_.lives(kPort, 0));
  EXPECT_FALSE(state_.lives(kMemory, 0)) << "its last holder died";
  EXPECT_TRUE(state_.lives(kRange, 1));
  EXPECT_TRUE(state_.lives(kMemory, 1));
}

TEST_F(Rules, SharedObjectsDieWithTheLastHolder) {
  run(kSpaceNew, {});
  run(kSpaceNew, {});
  run(kRangePut, {0, 0x1000, 0x1000});
  EXPECT_EQ(run(kRangeShare, {0, 1}), "range.share.ok");
  EXPECT_EQ(state_.population(kMemory), 1U);
  EXPECT_EQ(state_.field(kRange, 1, kRangeNote)[0], 0x1000U);
  EXPECT_EQ(state_.field(kRange, 1, kRangeNote)[1], 1U);
  EXPECT_EQ(run(kSpaceDestroy, {0}), "space.destroy.ok");
  EXPECT_TRUE(state_.lives(kMemory, 0));
  EXPECT_EQ(run(kSpaceDestroy, {1}), "space.destroy.ok");
  EXPECT_EQ(state_, State(law_));
}

TEST_F(Rules, HoldersKeepBusy) {
  run(kSpaceNew, {});
  run(kUserNew, {0});
  EXPECT_EQ(run(kSpaceDestroy, {0}), "space.destroy.users");
}

TEST_F(Rules, ALoopKeepsCompletedPieces) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0x3000, 0x1000});
  run(kRangePut, {0, 0x1000, 0x1000});
  run(kRangePut, {0, 0x5000, 0x1000});
  EXPECT_EQ(run(kRangeTake, {0, 0x1000, 0x2001}), "range.take.split");
  EXPECT_EQ(model_.end().pieces, 1U);
  EXPECT_FALSE(state_.lives(kRange, 1)) << "the lower range came first";
  EXPECT_TRUE(state_.lives(kRange, 0));
  EXPECT_EQ(run(kRangeTake, {0, 0, 0x1000}), "range.take.empty");
  EXPECT_EQ(run(kRangeTake, {0, 0x2000, 0x8000}), "range.take.ok");
  EXPECT_EQ(outcome_.results.at(0), 0x2000U);
  EXPECT_EQ(state_.population(kRange), 0U);
}

TEST_F(Rules, UnspecifiedCallsChangeNothing) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0, 0x10000});
  run(kRangePut, {0, 0x10000, 0x10000});
  const State before = state_;
  EXPECT_EQ(run(kRangeTake, {0, 0, 0x20000}), "unspecified") << "after two pieces were done";
  EXPECT_TRUE(law_.rules[kRangeTake].branches.at(model_.end().branch).unspecified);
  EXPECT_EQ(state_, before);
  EXPECT_TRUE(model_.allowed(state_, Call{kRangeTake, {0, 0, 0x20000}}).empty());
}

TEST_F(Rules, ABranchMayAllowSeveralErrors) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0, 0x10000});
  const auto allowed = model_.allowed(state_, Call{kRangeAuto, {0, 1}});
  ASSERT_EQ(allowed.size(), 2U);
  EXPECT_EQ(allowed[0].outcome.error, EAGAIN);
  EXPECT_EQ(allowed[1].outcome.error, ENOSPC);
  EXPECT_EQ(allowed[1].next, state_);
  EXPECT_TRUE(model_.has_choice(kRangeAuto));
  EXPECT_FALSE(model_.has_choice(kRangePut));
}

TEST_F(Rules, AChoiceFollowsWhatWasObserved) {
  run(kSpaceNew, {});
  const Call call{kRangeAuto, {0, 0x1800}};
  Outcome observed{0, {0x7000, kNone}};
  auto allowed = model_.allowed(state_, call, &observed);
  ASSERT_EQ(allowed.size(), 1U);
  EXPECT_EQ(allowed[0].outcome.results.at(0), 0x7000U);
  EXPECT_EQ(allowed[0].next.field(kRange, 0, kRangeSpan)[1], 0x87ffU);
  observed.results[0] = 0x7001;  // not aligned: not permitted
  allowed = model_.allowed(state_, call, &observed);
  EXPECT_EQ(allowed.at(0).outcome.results.at(0), 0U);
}

TEST_F(Rules, WithoutObservationTheSmallestChoiceIsTaken) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0, 0x1801});
  EXPECT_EQ(run(kRangeAuto, {0, 0x1000}), "range.auto.ok");
  EXPECT_EQ(outcome_.results.at(0), 0x2000U);
  run(kRangePut, {0, 0x4000, 1});
  EXPECT_EQ(run(kRangeAuto, {0, 0x1001}), "range.auto.ok");
  EXPECT_EQ(outcome_.results.at(0), 0x5000U);
}

TEST_F(Rules, SlotMapsAndCounts) {
  run(kSpaceNew, {});
  run(kUserNew, {0});
  run(kUserNew, {0});
  EXPECT_EQ(run(kPortNew, {0, 7}), "port.new.ok");
  EXPECT_EQ(*state_.field(kPort, 0, kPortWeight), 2U);
  EXPECT_EQ(run(kPortNew, {0, 7}), "port.new.taken");
  EXPECT_EQ(run(kPortNew, {0, 8}), "port.new.ok");
  EXPECT_EQ(run(kPortDrop, {0, 7}), "port.drop.ok");
  EXPECT_EQ(outcome_.results.at(0), std::nullopt);
  EXPECT_TRUE(state_.lives(kPort, 1));
  EXPECT_EQ(run(kPortDrop, {0, 7}), "port.drop.port");
}

TEST_F(Rules, PropertiesAreCheckedAndBlamed) {
  run(kSpaceNew, {});
  run(kRangePut, {0, 0, ~Word{0}});
  const Property& disjoint = *law_.find_property("range.disjoint");
  const Property& found = *law_.find_property("range.found");
  const Property& kept = *law_.find_property("memory.kept");
  EXPECT_TRUE(model_.holds(disjoint, state_));
  EXPECT_TRUE(model_.holds(found, state_)) << "over nearly the whole 64-bit space";
  EXPECT_FALSE(model_.holds(*law_.find_property("shared"), state_));

  State after = state_;
  *after.field(kMemory, 0, 0) = 1;
  EXPECT_TRUE(model_.holds(kept, state_, &state_));
  EXPECT_FALSE(model_.holds(kept, state_, &after));

  State broken = state_;
  broken.set_lives(kRange, 1, true);
  broken.field(kRange, 1, kRangeSpan)[0] = 5;
  broken.field(kRange, 1, kRangeSpan)[1] = 6;
  EXPECT_FALSE(model_.holds(disjoint, broken));
  EXPECT_FALSE(model_.holds(found, broken));
  const std::string text = model_.blame(disjoint, broken).at(0).text;
  EXPECT_NE(text.find("range.disjoint does not hold"), std::string::npos) << text;
  EXPECT_NE(text.find("range0 (space = space0, span = 0..0xfffffffffffffffe"), std::string::npos) << text;
  EXPECT_NE(text.find("range1 (space = space0, span = 5..6"), std::string::npos) << text;
}

TEST_F(Rules, ReadingADeadObjectIsADefectOfTheLaw) {
  using namespace build;
  run(kSpaceNew, {});
  run(kRangePut, {0, 0, 1});
  const ExprPtr size = equal(field(ref(0, kMemory), 0, kU64), number(1));
  EXPECT_TRUE(model_.truth(*size, state_, {0}));
  EXPECT_THROW(model_.truth(*size, state_, {1}), EvaluationError);
  EXPECT_THROW(model_.truth(*size, state_, {kNone}), EvaluationError);
  EXPECT_THROW(model_.truth(*equal(the(at(ref(0, kSpace), number(9), kRange)), ref(1, kRange)), state_, {0, 0}),
               EvaluationError);
  EXPECT_TRUE(model_.truth(*size, state_, {0})) << "the model goes on after an error";
}

TEST_F(Rules, WhatDoesNotFitIsNotKept) {
  // A rule whose result leaves the 64-bit space.
  Law law = make_law();
  law.rules[kSpaceNew].results.push_back(
      {"large", build::kU64, build::add(build::number(~Word{0}), build::number(1)), {}});
  const Model model(law);
  State state(law);
  EXPECT_THROW(model.step(state, Call{kSpaceNew, {}}, outcome_), EvaluationError);
  EXPECT_EQ(state, State(law));
}

}  // namespace
}  // namespace iolaw
