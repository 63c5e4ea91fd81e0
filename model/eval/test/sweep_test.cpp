// SPDX-License-Identifier: Apache-2.0
// Quantifiers over addresses against brute force, on small ranges; and on large ones where the answer is known.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/eval/model.hpp"
#include "model/eval/test/build.hpp"
#include "model/eval/test/toy.hpp"

namespace iolaw {
namespace {

using namespace build;
using namespace toy;

constexpr std::uint32_t kX = 0;
constexpr std::uint32_t kY = 1;
constexpr std::uint32_t kTheSpace = 2;

// Numbers from the variables x and y, constants, and the ranges of the space.
rc::Gen<ExprPtr> number_gen(int depth) {
  const auto leaf = rc::gen::oneOf(rc::gen::just(var(kX)), rc::gen::just(var(kX)), rc::gen::just(var(kY)),
                                   rc::gen::map(rc::gen::inRange<Word>(0, 30), [](Word n) { return number(n); }));
  if (depth == 0) return leaf;
  const auto deeper = number_gen(depth - 1);
  const auto unit = rc::gen::map(rc::gen::inRange(0, 4), [](int log) { return number(Word{1} << log); });
  return rc::gen::oneOf(
      leaf, rc::gen::map(rc::gen::pair(deeper, deeper), [](const auto& p) { return add(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(deeper, deeper), [](const auto& p) { return sub(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(deeper, rc::gen::inRange<Word>(0, 4)),
                   [](const auto& p) { return mul(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(deeper, unit), [](const auto& p) { return align_down(p.first, p.second); }),
      rc::gen::map(deeper, [](const auto& a) { return wrapping(a); }));
}

rc::Gen<ExprPtr> formula_gen(int depth) {
  const auto n = number_gen(2);
  const auto unit = rc::gen::map(rc::gen::inRange(0, 4), [](int log) { return number(Word{1} << log); });
  const auto lookup = [](const ExprPtr& key) { return at(ref(kTheSpace, kSpace), key, kRange); };
  const auto atom = rc::gen::oneOf(
      rc::gen::map(rc::gen::pair(n, n), [](const auto& p) { return equal(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(n, n), [](const auto& p) { return less(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(n, n), [](const auto& p) { return at_most(p.first, p.second); }),
      rc::gen::map(n, [](const auto& a) { return overflows(a); }),
      rc::gen::map(rc::gen::pair(n, unit), [](const auto& p) { return aligned(p.first, p.second); }),
      rc::gen::map(n, [=](const auto& key) { return is_some(lookup(key)); }),
      rc::gen::map(rc::gen::pair(n, n),
                   [=](const auto& p) {
                     return both(
                         is_some(lookup(p.first)),
                         equal(sub(p.first, first(field(the(lookup(p.first)), kRangeSpan, kInterval))), p.second));
                   }),
      rc::gen::map(n, [](const auto& key) { return is_some(slot(ref(kTheSpace, kSpace), key, kPort)); }));
  if (depth == 0) return atom;
  const auto deeper = formula_gen(depth - 1);
  return rc::gen::oneOf(
      atom, rc::gen::map(deeper, [](const auto& a) { return no(a); }),
      rc::gen::map(rc::gen::pair(deeper, deeper), [](const auto& p) { return both(p.first, p.second); }),
      rc::gen::map(rc::gen::pair(deeper, deeper), [](const auto& p) { return either(p.first, p.second); }),
      rc::gen::map(rc::gen::tuple(deeper, deeper, deeper),
                   [](const auto& t) { return when(std::get<0>(t), std::get<1>(t), std::get<2>(t)); }));
}

class Sweep : public testing::Test {
 protected:
  Sweep() {
    Outcome outcome;
    model_.step(state_, {kSpaceNew, {}}, outcome);
    for (const auto& [start, length] : {std::pair<Word, Word>{3, 4}, {7, 2}, {12, 9}}) {
      model_.step(state_, {kRangePut, {0, start, length}}, outcome);
    }
    model_.step(state_, {kPortNew, {0, 5}}, outcome);
    model_.step(state_, {kPortNew, {0, 9}}, outcome);
  }

  bool truth(const ExprPtr& formula, Word x = 0, Word y = 0) const { return model_.truth(*formula, state_, {x, y, 0}); }

  const Law law_ = make_law();
  const Model model_{law_};
  State state_{law_};
};

TEST_F(Sweep, OneVariableAgreesWithBruteForce) {
  EXPECT_TRUE(rc::check([&] {
    const ExprPtr body = *formula_gen(2);
    const auto lo = *rc::gen::inRange<Word>(0, 25);
    const auto hi = *rc::gen::inRange<Word>(0, 40);
    const auto y = *rc::gen::inRange<Word>(0, 20);
    bool all_true = true;
    bool some_true = false;
    for (Word x = lo; x <= hi; ++x) {
      const bool held = truth(body, x, y);
      all_true &= held;
      some_true |= held;
    }
    RC_ASSERT(truth(all_in(kX, number(lo), number(hi), body), 0, y) == all_true);
    RC_ASSERT(truth(some_in(kX, number(lo), number(hi), body), 0, y) == some_true);
  }));
}

TEST_F(Sweep, NestedVariablesAgreeWithBruteForce) {
  EXPECT_TRUE(rc::check([&] {
    const ExprPtr body = *formula_gen(1);
    const auto lo = *rc::gen::inRange<Word>(0, 20);
    const auto hi = *rc::gen::inRange<Word>(0, 30);
    const auto reach = *rc::gen::inRange<Word>(0, 9);
    // The inner range moves with x, or ends with it.
    const bool moves = *rc::gen::arbitrary<bool>();
    const auto inner_lo = [&](Word x) { return moves ? x : reach; };
    const auto inner_hi = [&](Word x) { return moves ? x + reach : x; };
    bool expected = true;
    for (Word x = lo; x <= hi; ++x) {
      bool some_true = false;
      for (Word y = inner_lo(x); y <= inner_hi(x); ++y) some_true |= truth(body, x, y);
      expected &= some_true;
    }
    const ExprPtr inner_first = moves ? var(kX) : number(reach);
    const ExprPtr inner_last = moves ? add(var(kX), number(reach)) : var(kX);
    const ExprPtr formula = all_in(kX, number(lo), number(hi), some_in(kY, inner_first, inner_last, body));
    RC_ASSERT(truth(formula) == expected);
  }));
}

TEST_F(Sweep, TheWholeSpaceIsExact) {
  const ExprPtr x = var(kX);
  const ExprPtr space = ref(kTheSpace, kSpace);
  const ExprPtr owned = is_some(at(space, x, kRange));
  const ExprPtr zero = number(0);
  const ExprPtr max = number(~Word{0});
  EXPECT_TRUE(truth(all_in(kX, zero, max, implies(owned, both(at_most(number(3), x), less(x, number(21)))))));
  EXPECT_FALSE(truth(all_in(kX, zero, max, implies(owned, less(x, number(20))))));
  EXPECT_TRUE(truth(some_in(kX, zero, max, overflows(add(x, number(1))))));
  EXPECT_FALSE(truth(some_in(kX, zero, sub(max, number(1)), overflows(add(x, number(1))))));
  EXPECT_TRUE(truth(all_in(kX, zero, max, equal(sub(add(x, number(7)), x), number(7)))));
  EXPECT_TRUE(truth(all_in(kX, number(3), number(6), equal(sub(x, number(3)), sub(x, number(3))))));
  EXPECT_TRUE(truth(some_in(kX, zero, max, equal(mul(x, 3), number(3'000'000'000'000)))));
  EXPECT_FALSE(truth(some_in(kX, zero, max, equal(mul(x, 3), number(3'000'000'000'001)))));
}

// A counterexample may hold ranges that overlap: the one with the lowest index owns an address.
TEST_F(Sweep, OverlappingObjectsAgreeWithBruteForce) {
  EXPECT_TRUE(rc::check([&] {
    State state(law_);
    state.set_lives(kSpace, 0, true);
    for (Word object = 0; object < 4; ++object) {
      state.set_lives(kRange, object, true);
      Word* span = state.field(kRange, object, kRangeSpan);
      span[0] = *rc::gen::inRange<Word>(0, 20);
      span[1] = span[0] + *rc::gen::inRange<Word>(0, 12);
    }
    const auto wanted = *rc::gen::inRange<Word>(0, 4);
    const ExprPtr owner = at(ref(kTheSpace, kSpace), var(kX), kRange);
    const ExprPtr body = either(no(is_some(owner)), equal(the(owner), var(kY, reference(kRange))));
    const auto lo = *rc::gen::inRange<Word>(0, 30);
    bool expected = true;
    for (Word x = lo; x <= 40; ++x) expected &= model_.truth(*body, state, {x, wanted, 0});
    RC_ASSERT(model_.truth(*all_in(kX, number(lo), number(40), body), state, {0, wanted, 0}) == expected);
  }));
}

TEST_F(Sweep, EmptyRangesHaveNoAddress) {
  EXPECT_TRUE(truth(all_in(kX, number(5), number(4), boolean(false))));
  EXPECT_FALSE(truth(some_in(kX, number(5), number(4), boolean(true))));
  EXPECT_TRUE(truth(all_in(kX, number(0), sub(number(0), number(1)), boolean(false))));
}

TEST_F(Sweep, TooManyPiecesAreRefused) {
  const ExprPtr pages = all_in(kX, number(0), number(~Word{0}), either(aligned(var(kX), number(4096)), boolean(true)));
  EXPECT_THROW(truth(pages), EvaluationError);
  const ExprPtr square =
      some_in(kX, number(2), number(9), equal(node(Op::multiply, kU64, {var(kX), var(kX)}), number(5)));
  EXPECT_THROW(truth(square), EvaluationError);
  EXPECT_TRUE(truth(boolean(true)));
}

}  // namespace
}  // namespace iolaw
