// SPDX-License-Identifier: Apache-2.0
#include "checker/smt/solver.hpp"

#include <gtest/gtest.h>

namespace iolaw::smt {
namespace {

class FiniteSolverTest : public testing::TestWithParam<Solver::Logic> {};

TEST_P(FiniteSolverTest, ModelsMeetWhatWasAssumed) {
  Terms terms;
  Solver solver(terms, GetParam(), {});
  const Term x = terms.variable("x", kInteger);
  const Term y = terms.variable("y", kInteger);
  solver.assume(terms.within(x, terms.number(0), terms.number(kMax64)));
  solver.assume(terms.equal(terms.add(x, terms.number(4096)), y));
  solver.assume(terms.less(terms.number(kMax64), y));
  solver.assume(terms.aligned(x, terms.number(4096)));
  ASSERT_EQ(solver.check({}), Answer::sat);
  EXPECT_EQ(solver.number(x), kMax64 - 4095);
  EXPECT_EQ(solver.number(terms.wrapped(y)), 0);
  EXPECT_EQ(solver.number(terms.align_down(terms.number(8191), terms.number(4096))), 4096);
  // An assumption holds for one question.
  EXPECT_EQ(solver.check({}, {terms.equal(x, terms.number(0))}), Answer::unsat);
  EXPECT_EQ(solver.check({}), Answer::sat);
}

INSTANTIATE_TEST_SUITE_P(Logics, FiniteSolverTest, testing::Values(Solver::Logic::bits, Solver::Logic::integers));

TEST(QuantifiedSolverTest, ProvesByMatchingAndBelievesNoModel) {
  Terms terms;
  const Sort area = object_sort(0);
  const auto lives = [&](Term object) { return terms.apply("Area.lives", {object}, kBoolean); };
  const auto first = [&](Term object) { return terms.apply("Area.first", {object}, kInteger); };
  const Term a = terms.variable("a", area);
  const Term hypothesis = terms.quantify(
      true, area, [&](Term x) { return terms.implies(lives(x), terms.less(terms.number(7), first(x))); });
  Solver proves(terms, Solver::Logic::quantified, {"Area"});
  proves.assume(hypothesis);
  proves.assume(lives(a));
  proves.assume(terms.equal(first(a), terms.number(3)));
  EXPECT_EQ(proves.check({}), Answer::unsat);
  EXPECT_NE(proves.smt2().find("Area.lives"), std::string::npos);
  Solver cannot(terms, Solver::Logic::quantified, {"Area"});
  cannot.assume(hypothesis);
  cannot.assume(lives(a));
  EXPECT_EQ(cannot.check({}), Answer::unknown);
  EXPECT_FALSE(cannot.exhausted()) << cannot.reason();
}

TEST(QuantifiedSolverTest, SaysWhetherItWantsMoreBudget) {
  Terms terms;
  const Term x = terms.variable("x", kInteger);
  const auto f = [&](Term of) { return terms.apply("f", {of}, kInteger); };
  Solver solver(terms, Solver::Logic::quantified, {});
  solver.assume(terms.quantify(true, kInteger, [&](Term of) { return terms.less(of, f(of)); }));
  Term far = x;
  for (int step = 0; step < 20; ++step) far = f(far);
  solver.assume(terms.less(far, x));
  EXPECT_EQ(solver.check({.resources = 1}), Answer::unknown);
  EXPECT_TRUE(solver.exhausted()) << solver.reason();
  EXPECT_EQ(solver.check({}), Answer::unsat);
  EXPECT_FALSE(solver.exhausted());
}

}  // namespace
}  // namespace iolaw::smt
