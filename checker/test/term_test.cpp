// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/term.hpp"

#include <gtest/gtest.h>

namespace iolaw::smt {
namespace {

class TermTest : public testing::Test {
 protected:
  Terms terms;
  Term x = terms.variable("x", kInteger);
  Term y = terms.variable("y", kInteger);
  Term p = terms.variable("p", kBoolean);
  Term q = terms.variable("q", kBoolean);
};

TEST_F(TermTest, EqualTermsAreOneNode) {
  EXPECT_EQ(terms.add(x, y), terms.add(y, x));
  EXPECT_EQ(terms.both(p, q), terms.both(q, terms.both(p, p)));
  EXPECT_NE(terms.variable("x", kBoolean), x);
}

TEST_F(TermTest, SumsAreLinear) {
  EXPECT_EQ(terms.subtract(terms.add(x, y), y), x);
  EXPECT_EQ(terms.subtract(x, x), terms.number(0));
  EXPECT_EQ(terms.add(terms.number(2), terms.number(3)), terms.number(5));
  EXPECT_EQ(terms.scale(3, terms.add(x, terms.number(1))), terms.add(terms.scale(3, x), terms.number(3)));
}

TEST_F(TermTest, ComparisonsFold) {
  EXPECT_TRUE(terms.at_most(x, terms.add(x, terms.number(1)))->is_true());
  EXPECT_TRUE(terms.less(x, x)->is_false());
  EXPECT_EQ(terms.negate(terms.at_most(x, y)), terms.less(y, x));
  EXPECT_EQ(terms.equal(x, y), terms.equal(y, x));
  EXPECT_TRUE(terms.equal(terms.add(x, terms.number(1)), x)->is_false());
}

TEST_F(TermTest, ConnectivesFold) {
  EXPECT_TRUE(terms.both(p, terms.negate(p))->is_false());
  EXPECT_TRUE(terms.either(terms.less(x, y), terms.at_most(y, x))->is_true());
  EXPECT_EQ(terms.implies(terms.truth(true), p), p);
  EXPECT_EQ(terms.conditional(p, q, q), q);
  EXPECT_EQ(terms.conditional(p, terms.truth(true), terms.truth(false)), p);
}

TEST_F(TermTest, EqualityOfObjectsGoesIntoConditionals) {
  const Term a = terms.object(0, 0);
  const Term b = terms.object(0, 1);
  EXPECT_TRUE(terms.equal(a, b)->is_false());
  EXPECT_EQ(terms.equal(terms.conditional(p, a, b), a), p);
  EXPECT_EQ(terms.equal(b, terms.conditional(p, a, b)), terms.negate(p));
}

TEST_F(TermTest, CountsOfIndicatorsAreAskedAsDisjunctions) {
  const Term count = terms.add(terms.indicator(p), terms.indicator(q));
  EXPECT_EQ(terms.less(terms.number(0), count), terms.either(p, q));
  EXPECT_EQ(terms.at_most(count, terms.number(0)), terms.both(terms.negate(p), terms.negate(q)));
}

TEST_F(TermTest, AlignmentFolds) {
  EXPECT_TRUE(terms.aligned(x, terms.number(1))->is_true());
  EXPECT_TRUE(terms.aligned(terms.number(0x3000), terms.number(0x1000))->is_true());
  EXPECT_TRUE(terms.aligned(terms.number(0x3001), terms.number(0x1000))->is_false());
  EXPECT_EQ(terms.align_down(terms.number(0x3fff), terms.number(0x1000)), terms.number(0x3000));
  EXPECT_EQ(terms.wrapped(terms.number(kMax64 + 3)), terms.number(2));
}

TEST_F(TermTest, UniversalQuantifiersAreSplit) {
  const Term both =
      terms.quantify(true, kInteger, [&](Term v) { return terms.both(terms.at_most(v, x), terms.at_most(v, y)); });
  EXPECT_EQ(both->op, TermOp::conjunction);
  const Term unused = terms.quantify(true, kInteger, [&](Term) { return p; });
  EXPECT_EQ(unused, p);
}

TEST_F(TermTest, SubstitutionLeavesWhatIsBound) {
  const Term v = terms.bound(0, kInteger);
  const Term inner = terms.some({v}, terms.at_most(v, x));
  const Term formula = terms.both(inner, terms.at_most(v, y));
  EXPECT_EQ(terms.substitute(formula, {{v, terms.number(7)}}), terms.both(inner, terms.at_most(terms.number(7), y)));
}

}  // namespace
}  // namespace iolaw::smt
