// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/eval/model.hpp"
#include "model/eval/test/toy.hpp"

namespace iolaw {
namespace {

using namespace toy;

TEST(State, BeginsEmpty) {
  const Law law = make_law();
  const State state(law);
  EXPECT_FALSE(state.lives(kSpace, 0));
  EXPECT_FALSE(state.lives(kSpace, kNone));
  EXPECT_EQ(state.slots(kRange), 0U);
  EXPECT_EQ(state.population(kRange), 0U);
}

TEST(State, DeadObjectsHaveNoContent) {
  const Law law = make_law();
  State state(law);
  state.set_lives(kRange, 2, true);
  state.field(kRange, 2, kRangeSpan)[0] = 7;
  state.field(kRange, 2, kRangeSpan)[1] = 9;
  EXPECT_EQ(state.population(kRange), 1U);
  EXPECT_EQ(state.slots(kRange), 3U);
  EXPECT_NE(state, State(law));
  state.set_lives(kRange, 2, false);
  EXPECT_EQ(state, State(law));
  EXPECT_EQ(state.hash(), State(law).hash());
  state.set_lives(kRange, 2, true);
  EXPECT_EQ(state.field(kRange, 2, kRangeSpan)[1], 0U);
}

TEST(State, FieldsOfTwoWordsStandApart) {
  const Law law = make_law();
  State state(law);
  state.set_lives(kRange, 0, true);
  for (std::uint32_t field = 0; field < 4; ++field) state.field(kRange, 0, field)[0] = field + 1;
  state.field(kRange, 0, kRangeSpan)[1] = 100;
  state.field(kRange, 0, kRangeNote)[1] = 200;
  EXPECT_EQ(state.field(kRange, 0, kRangeSpan)[0], 2U);
  EXPECT_EQ(state.field(kRange, 0, kRangeMemory)[0], 3U);
  EXPECT_EQ(state.field(kRange, 0, kRangeNote)[0], 4U);
}

// Copies may leave out kinds that are the same already; that must never show.
TEST(State, CopiesDoNotSeeWhatComesLater) {
  const Law law = make_law();
  const State empty(law);
  State state = empty;
  state.set_lives(kRange, 0, true);
  state.field(kRange, 0, kRangeSpan)[0] = 7;
  State copy(law);
  copy = state;
  EXPECT_EQ(copy, state);
  state.field(kRange, 0, kRangeSpan)[0] = 8;
  EXPECT_EQ(copy.field(kRange, 0, kRangeSpan)[0], 7U);
  EXPECT_NE(copy, state);
  copy = state;
  EXPECT_EQ(copy.field(kRange, 0, kRangeSpan)[0], 8U);
  // The same way to two states: they are equal, and one can take the place of the other.
  State other = empty;
  other.set_lives(kRange, 0, true);
  other.field(kRange, 0, kRangeSpan)[0] = 8;
  EXPECT_EQ(other, state);
  other = copy;
  state.set_lives(kRange, 0, false);
  EXPECT_TRUE(other.lives(kRange, 0));
  other = empty;
  EXPECT_EQ(other, state);
  EXPECT_EQ(other.slots(kRange), 0U);
}

// Whatever objects came and went: equal content is equality, and equal hashes.
TEST(State, EqualityIsContent) {
  const Law law = make_law();
  EXPECT_TRUE(rc::check([&] {
    const auto objects = *rc::gen::container<std::vector<std::pair<Word, Word>>>(
        rc::gen::pair(rc::gen::inRange<Word>(0, 6), rc::gen::inRange<Word>(0, 4)));
    const auto passing = *rc::gen::container<std::vector<Word>>(rc::gen::inRange<Word>(0, 9));
    State plain(law);
    State busy(law);
    for (const Word object : passing) {
      busy.set_lives(kMemory, object, true);
      *busy.field(kMemory, object, 0) = 77;
    }
    for (const Word object : passing) busy.set_lives(kMemory, object, false);
    for (State* state : {&plain, &busy}) {
      for (const auto& [object, value] : objects) {
        state->set_lives(kMemory, object, true);
        *state->field(kMemory, object, 0) = value;
      }
    }
    RC_ASSERT(plain == busy);
    RC_ASSERT(plain.hash() == busy.hash());
    busy.set_lives(kMemory, 6, true);
    RC_ASSERT(!(plain == busy));
    RC_ASSERT(plain.population(kMemory) + 1 == busy.population(kMemory));
  }));
}

}  // namespace
}  // namespace iolaw
