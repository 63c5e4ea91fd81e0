// SPDX-License-Identifier: Apache-2.0
// Quantifiers over addresses, against every address of a small range.
#include "checker/smt/expand.hpp"

#include <gtest/gtest.h>

namespace iolaw::smt {
namespace {

constexpr int kTop = 9;

class ExpandTest : public testing::Test {
 protected:
  // all or some x of first..last: (x < a or x + b > c) iff x != d, by hand.
  static bool by_hand(bool universal, int first, int last, int a, int b, int c, int d) {
    bool result = universal;
    for (int x = first; x <= last; ++x) {
      const bool truth = (x < a || x + b > c) == (x != d);
      result = universal ? result && truth : result || truth;
    }
    return result;
  }

  Term formula(bool universal, int first, int last, int a, int b, int c, int d) {
    const auto number = [&](int value) { return terms.number(value); };
    return terms.quantify(universal, kInteger, [&](Term x) {
      const Term left = terms.either(terms.less(x, number(a)), terms.less(number(c), terms.add(x, number(b))));
      const Term truth = terms.equal(left, terms.differ(x, number(d)));
      const Term range = terms.within(x, number(first), number(last));
      return universal ? terms.implies(range, truth) : terms.both(range, truth);
    });
  }

  Terms terms;
};

TEST_F(ExpandTest, AgreesWithEveryAddress) {
  unsigned seed = 12345;
  const auto draw = [&] { return static_cast<int>((seed = seed * 1103515245U + 12345U) >> 16) % (kTop + 1); };
  for (int i = 0; i < 2000; ++i) {
    const int first = draw(), last = draw(), a = draw(), b = draw(), c = draw(), d = draw();
    for (const bool universal : {true, false}) {
      // Under a negation neither is named, so the result is a constant.
      const Term guarded = terms.equal(terms.variable("g", kBoolean), formula(universal, first, last, a, b, c, d));
      const Expanded expanded = expand(terms, guarded);
      EXPECT_TRUE(expanded.exact);
      const Term expected =
          terms.equal(terms.variable("g", kBoolean), terms.truth(by_hand(universal, first, last, a, b, c, d)));
      EXPECT_EQ(expanded.term, expected) << first << ' ' << last << ' ' << a << ' ' << b << ' ' << c << ' ' << d;
    }
  }
}

TEST_F(ExpandTest, AssertedExistentialsAreNamed) {
  const Expanded expanded = expand(terms, formula(false, 0, kTop, 3, 0, 5, 4));
  EXPECT_FALSE(expanded.term->quantified);
  EXPECT_NE(expanded.term->op, TermOp::truth);
}

TEST_F(ExpandTest, AlignmentOfAnAddressIsNotExact) {
  const Term formula = terms.quantify(true, kInteger, [&](Term x) {
    return terms.implies(terms.within(x, terms.number(0), terms.number(kTop)), terms.aligned(x, terms.number(2)));
  });
  EXPECT_FALSE(expand(terms, terms.equal(terms.variable("p", kBoolean), formula)).exact);
}

}  // namespace
}  // namespace iolaw::smt
