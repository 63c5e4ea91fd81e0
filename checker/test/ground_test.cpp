// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/ground.hpp"

#include <gtest/gtest.h>

namespace iolaw::smt {
namespace {

class GroundTest : public testing::Test {
 protected:
  // Whether some number is known to `place`.
  Term some_known(Term place) {
    return terms.quantify(false, kInteger, [&](Term v) { return terms.apply("knows", {v, place}, kBoolean); });
  }
  Term unit(Term place) { return terms.conditional(some_known(place), terms.number(4096), terms.number(1)); }

  Terms terms;
  Term x = terms.variable("x", kInteger);
  Term y = terms.variable("y", kInteger);
};

TEST_F(GroundTest, EqualConditionsGetOneNameHoweverDeepTheyStand) {
  const Term formula = terms.both(terms.at_most(unit(x), y), terms.quantify(true, kInteger, [&](Term v) {
    return terms.at_most(unit(x), terms.apply("f", {v}, kInteger));
  }));
  const std::string text = to_text(terms, with_named_conditions(terms, formula));
  EXPECT_NE(text.find("(ite condition#0 4096 1)"), std::string::npos) << text;
  EXPECT_EQ(text.find("condition#1"), std::string::npos) << text;
  EXPECT_EQ(text.find("(ite (some"), std::string::npos) << text;
}

TEST_F(GroundTest, ConditionsAboutWhatIsBoundOutsideKeepTheirPlace) {
  const Term formula = terms.quantify(true, kInteger, [&](Term v) { return terms.at_most(unit(v), x); });
  const std::string text = to_text(terms, with_named_conditions(terms, formula));
  EXPECT_EQ(text.find("condition#"), std::string::npos) << text;
}

TEST_F(GroundTest, OuterVariablesAreNoInnerOnes) {
  // For each number there is one below it: not the same as that one is below itself.
  const Term below = terms.quantify(true, kInteger, [&](Term v) {
    return terms.quantify(false, kInteger, [&](Term w) { return terms.apply("below", {w, v}, kBoolean); });
  });
  const std::string text = to_text(terms, with_named_conditions(terms, below));
  EXPECT_NE(text.find("(below b0 b1)"), std::string::npos) << text;
}

TEST_F(GroundTest, WhatIsSaidOfAllIsLeftOut) {
  const Term plain = terms.at_most(x, y);
  const Term all = terms.quantify(true, kInteger, [&](Term v) { return terms.apply("knows", {v, x}, kBoolean); });
  EXPECT_EQ(ground_part(terms, terms.both(plain, all)), plain);
  EXPECT_TRUE(ground_part(terms, terms.either(plain, all))->is_true());
}

TEST_F(GroundTest, AlignmentIsThatOfTheUnitsThatThereAre) {
  const Term u = terms.variable("u", kInteger);
  const auto facts = exact_alignments(terms, terms.aligned(x, u), {2048, 4096});
  EXPECT_EQ(facts.size(), 2U);
  EXPECT_TRUE(exact_alignments(terms, terms.at_most(x, u), {2048}).empty());
}

}  // namespace
}  // namespace iolaw::smt
