// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/selection.hpp"

#include <gtest/gtest.h>

namespace iolaw::induct {
namespace {

using smt::Term;

class SelectionTest : public ::testing::Test {
 protected:
  static constexpr smt::Sort kBox = smt::object_sort(0);

  // That a field of every box that lives is positive.
  Term positive(const std::string& field) {
    return terms.quantify(true, kBox, [&](Term box) {
      const Term value = terms.apply("Box." + field, {box}, smt::kInteger);
      return terms.implies(lives(box), terms.at_most(terms.number(1), value));
    });
  }
  Term lives(Term box) { return terms.apply("Box.lives", {box}, smt::kBoolean); }
  bool matters(Term assumption, const std::vector<Term>& denial) {
    Selection selection(terms);
    selection.note({assumption});
    return selection.matters(assumption, selection.symbols_of(denial));
  }

  smt::Terms terms;
};

TEST_F(SelectionTest, WhatSpeaksOfTheSameMatters) {
  const Term denial = terms.negate(positive("weight"));
  EXPECT_TRUE(matters(positive("weight"), {denial}));
  EXPECT_FALSE(matters(positive("price"), {denial}));
  EXPECT_TRUE(matters(positive("price"), {denial, positive("price")}));
}

TEST_F(SelectionTest, HalfIsEnough) {
  const Term both = terms.both(terms.negate(positive("weight")), terms.negate(positive("price")));
  EXPECT_TRUE(matters(both, {positive("weight")}));
  EXPECT_FALSE(matters(terms.both(both, terms.negate(positive("age"))), {positive("weight")}));
}

TEST_F(SelectionTest, LivingMattersWhereNothingElseIsSaid) {
  const Term some = terms.variable("box", kBox);
  EXPECT_FALSE(matters(positive("price"), {lives(some)}));
  const Term none = terms.quantify(true, kBox, [&](Term box) { return terms.negate(lives(box)); });
  EXPECT_TRUE(matters(none, {lives(some)}));
  EXPECT_TRUE(matters(terms.at_most(terms.number(0), terms.number(1)), {lives(some)}));
}

}  // namespace
}  // namespace iolaw::induct
