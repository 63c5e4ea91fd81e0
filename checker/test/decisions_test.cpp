// SPDX-License-Identifier: Apache-2.0
// What solvers say of goals about decisions: that no call shows them, or which one does.
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/formulas.hpp"
#include "checker/generate/shorten_decision.hpp"
#include "checker/prove/refute_decisions.hpp"
#include "checker/prove/solve_decisions.hpp"
#include "checker/test/law_of.hpp"

namespace iolaw {
namespace {

const std::string kBoxes = R"(
const UNIT: pow2 = 4096
const FLOOR: u64 = 0x1234000
object Box {}
object Item { in box: Box  weight: u64 }
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, weight: u64) {
  fails ENOENT [box]   unless box lives
  fails EINVAL [align] unless aligned(weight, UNIT)
  then new Item { box, weight }
}
rule box.weigh(box: Box, least: u64) {
  fails ENOENT [box]   unless box lives
  fails ERANGE [light] when some i: Item in box: i.weight < FLOOR
  fails EINVAL [least] when some i: Item in box: i.weight < least
}
invariant item.aligned "Weights are even": all i: Item: aligned(i.weight, UNIT)
)";

DecisionGoal goal_of(const Law& law, const std::string& id) {
  for (const DecisionGoal& goal : list_decisions(law)) {
    if (goal.id == id) return goal;
  }
  throw std::runtime_error("no goal " + id);
}

TEST(RefuteDecisions, KnowsMultiplesOfTheUnitsOfTheLaw) {
  const Law law = law_of(kBoxes);
  Cache cache("");
  const auto answer = [&](const std::string& id) {
    const RefuteOptions options{.threads = 1, .budget = kDecisionBudget};
    return refute_decisions(law, {goal_of(law, id)}, cache, options).at(0);
  };
  // No multiple of the unit is one below another.
  EXPECT_EQ(answer("box.weigh.light: `i.weight < FLOOR` just holds"), Reachability::impossible);
  EXPECT_EQ(answer("box.weigh.light: `i.weight < FLOOR` one beyond"), Reachability::impossible);
  EXPECT_EQ(answer("box.weigh.light: `i.weight < FLOOR` where both are equal"), Reachability::open);
  EXPECT_EQ(answer("box.weigh.least: `i.weight < least` just holds"), Reachability::open);
}

// With another number in the place of one.
ExprPtr renumbered(const ExprPtr& expr, Word number, Word other) {
  auto changed = std::make_shared<Expr>(*expr);
  if (expr->op == Op::literal && expr->value == number) changed->value = other;
  for (ExprPtr& child : changed->children) child = renumbered(child, number, other);
  return changed;
}

std::vector<Reachability> ask(const Law& law, const std::vector<std::string>& ids) {
  std::vector<DecisionGoal> goals;
  for (const std::string& id : ids) goals.push_back(goal_of(law, id));
  Cache cache("");
  return refute_decisions(law, goals, cache, {.threads = 1, .budget = kDecisionBudget});
}

TEST(RefuteDecisions, KnowsThatAPieceIsAskedBeforeThoseBehindIt) {
  const Law law = law_of(R"(
object Box {}
object Item { in box: Box slot place, weight: u64 }
rule box.make(weight: u64) -> box: Box {
  then {
    box = new Box {}
    new Item { box, place = 0, weight }
    new Item { box, place = 1, weight = 0 }
  }
}
rule box.check(box: Box) {
  fails ENOENT [box] unless box lives
  each i: Item in box ascending i.place {
    fails EINVAL [empty] when i.weight == 0
    fails ERANGE [heavy] when i.weight > 9
  }
}
invariant box.last "The second is empty": all b: Box: b.slot[1] is some i and i.weight == 0
invariant box.two "There are two": all i: Item: i.place < 2
)");
  // The first piece ends the call, though the line before would apply to the second.
  EXPECT_EQ(ask(law, {"box.check.heavy: `i.weight > 9` holds alone", "box.check.empty: comes before heavy"}),
            (std::vector<Reachability>{Reachability::open, Reachability::impossible}));
}

TEST(RefuteDecisions, KnowsThatALoopHasAFirstPiece) {
  const Law law = law_of(R"(
object Box {}
object Item { in box: Box slot place }
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, place: u64) {
  fails ENOENT [box]   unless box lives
  fails EEXIST [taken] when box.slot[place] is some
  then new Item { box, place }
}
rule box.check(box: Box) {
  fails ENOENT [box] unless box lives
  each i: Item in box ascending i.place {
    fails EINVAL [bottom] when i.place == 7
    fails ERANGE [gap]    unless i.place == 7 or (i.place != 0 and box.slot[i.place - 1] is some)
  }
}
)");
  // A neighbour would have to have one itself, and so on: no call gets past the first piece.
  const std::string neighbour = "`box.slot[i.place - 1] is some` ";
  EXPECT_EQ(
      ask(law, {"box.check.gap: " + neighbour + "alone does not hold", "box.check.gap: " + neighbour + "holds alone"}),
      (std::vector<Reachability>{Reachability::open, Reachability::impossible}));
}

TEST(RefuteDecisions, AsksOfEachUseOfADef) {
  const Law law = law_of(R"(
const UNIT: pow2 = 4096
const FLOOR: u64 = 0x1234000
object Box {}
object Lock { in box: Box }
def unit(box: Box) -> pow2 = if some l: Lock in box: true then UNIT else 1
def light(weight: u64) -> bool = weight < FLOOR
rule box.make() -> box: Box { then box = new Box {} }
rule box.lock(box: Box) { fails ENOENT [box] unless box lives then new Lock { box } }
rule box.weigh_locked(box: Box, left: u64, right: u64) {
  fails ENOENT [box]   unless box lives
  fails EPERM  [free]  unless some l: Lock in box: true
  fails EINVAL [left]  unless aligned(left, unit(box))
  fails EDOM   [right] unless aligned(right, unit(box))
  fails ERANGE [light] when light(left) or light(right)
}
rule box.weigh(box: Box, left: u64, right: u64) {
  fails ENOENT [box]   unless box lives
  fails EPERM  [free]  unless some l: Lock in box: true
  fails EINVAL [left]  unless aligned(left, unit(box))
  fails ERANGE [light] when light(left) or light(right)
}
)");
  const auto answer = [&](const std::string& id) {
    const std::vector<DecisionGoal> goals = list_decisions(law, DecisionDetail::each_part);
    const auto goal = std::find_if(goals.begin(), goals.end(), [&](const DecisionGoal& one) { return one.id == id; });
    Cache cache("");
    return refute_decisions(law, {*goal}, cache, {.threads = 1, .budget = kDecisionBudget}).at(0);
  };
  EXPECT_EQ(answer("box.weigh_locked.light: `weight < FLOOR` just holds"), Reachability::impossible);
  EXPECT_EQ(answer("box.weigh.light: `weight < FLOOR` just holds"), Reachability::open);
}

TEST(RefuteDecisions, KnowsWhichPiecesALoopBeforeLeft) {
  const Law law = law_of(R"(
object Box {}
object Item { in box: Box slot place, weight: u64 }
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, place: u64, weight: u64) {
  fails ENOENT [box]   unless box lives
  fails EEXIST [taken] when box.slot[place] is some
  then new Item { box, place, weight }
}
rule box.clear(box: Box, most: u64, strict: bool) {
  fails ENOENT [box] unless box lives
  each i: Item in box where i.weight > 9 ascending i.place {
    then destroy i
  }
  each i: Item in box ascending i.place {
    fails EBUSY [light] when i.weight < 5
    then destroy i
  }
}
)");
  EXPECT_EQ(ask(law, {"box.clear.ok: `i.weight > 9` alone does not hold",
                      "box.clear.ok: `i.weight > 9` where both are equal"}),
            (std::vector<Reachability>{Reachability::open, Reachability::open}));
  const auto weighs = [&](const std::string& weight) {
    DecisionGoal goal = goal_of(law, "box.clear.ok: `i.weight > 9` alone does not hold");
    const DecisionGoal light = goal_of(law, "box.clear.light: `i.weight < 5` " + weight);
    goal.formula = light.formula;
    Cache cache("");
    return refute_decisions(law, {goal}, cache, {.threads = 1, .budget = kDecisionBudget}).at(0);
  };
  // No success leaves a light one there, and the first loop takes none.
  EXPECT_EQ(weighs("holds alone"), Reachability::impossible);
  EXPECT_EQ(weighs("alone does not hold"), Reachability::open);
}

TEST(RefuteDecisions, KnowsWhatALoopBeforeMade) {
  const Law law = law_of(R"(
object Box {}
object Item { in box: Box slot place, weight: u64 }
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, place: u64, weight: u64) {
  fails ENOENT [box]   unless box lives
  fails EEXIST [taken] when box.slot[place] is some
  then new Item { box, place, weight }
}
rule box.halve(box: Box, strict: bool) {
  fails ENOENT [box] unless box lives
  each i: Item in box where i.weight >= 10 ascending i.place {
    then {
      destroy i
      new Item { box, place = i.place, weight = i.weight - 5 }
    }
  }
  each i: Item in box where strict ascending i.place {
    fails EBUSY [heavy] when i.weight > 50
    then destroy i
  }
}
)");
  const auto success_with_more_than = [&](Word weight) {
    DecisionGoal goal = goal_of(law, "box.halve.ok: `strict` holds alone");
    const ExprPtr heavy = goal_of(law, "box.halve.heavy: `i.weight > 50` holds alone").formula;
    goal.formula = both({goal.formula, renumbered(heavy, 50, weight)}, *heavy);
    Cache cache("");
    return refute_decisions(law, {goal}, cache, {.threads = 1, .budget = kDecisionBudget}).at(0);
  };
  // What weighs 56 is too heavy still when the second loop comes to it.
  EXPECT_EQ(success_with_more_than(54), Reachability::open);
  EXPECT_EQ(success_with_more_than(55), Reachability::impossible);
}

TEST(RefuteDecisions, SaysWhichCallsMayBeRefused) {
  const Law law = law_of(R"(
object Room {}
rule room.take(size: u64) -> room: Room {
  fails EINVAL     [small] when size < 5
  fails ERANGE     [seven] when size == 7
  may fail ENOMEM  [full]  when size < 9
  unspecified      [odd]   when size == 10
  then room = new Room {}
}
)");
  EXPECT_EQ(ask(law, {"room.take.small: `size < 5` just holds", "room.take.small: `size < 5` where both are equal",
                      "room.take.seven: `size == 7` one too high", "room.take.seven: `size == 7` alone does not hold"}),
            (std::vector<Reachability>{Reachability::open, Reachability::unforced, Reachability::unforced,
                                       Reachability::open}));
}

TEST(RefuteDecisions, SaysWhatNoShortRunReaches) {
  const std::string clock = R"(
object Clock { ticks: u64 }
rule clock.make() -> clock: Clock { then clock = new Clock { ticks = 0 } }
rule clock.tick(clock: Clock) {
  fails ENOENT [clock] unless clock lives
  then clock.ticks = clock.ticks + 1
}
rule clock.strike(clock: Clock) {
  fails ENOENT [clock] unless clock lives
  fails EAGAIN [early] unless clock.ticks == 100000
}
)";
  const std::string strikes = "clock.strike.early: `clock.ticks == 100000` holds alone";
  EXPECT_EQ(ask(law_of(clock), {strikes}), std::vector<Reachability>{Reachability::remote});
  EXPECT_EQ(ask(law_of(clock + R"(
rule clock.set(clock: Clock, ticks: u64) {
  fails ENOENT [clock] unless clock lives
  then clock.ticks = ticks
}
)"),
                {strikes}),
            std::vector<Reachability>{Reachability::open});
}

TEST(RefuteDecisions, KnowsThatOneOfFinitelyManyIsTheNearest) {
  const Law law = law_of(R"(
object Line {}
object Piece { in line: Line at span }
rule line.make() -> line: Line { then line = new Line {} }
rule line.put(line: Line, first: u64, last: u64) {
  fails ENOENT [line]  unless line lives
  fails EINVAL [order] when first > last
  fails EEXIST [taken] when some p: Piece in line: overlaps(p.span, first..last)
  then new Piece { line, span = first..last }
}
rule line.look(line: Line) {
  fails ENOENT [line]    unless line lives
  fails ERANGE [endless] when some x: u64: (some p: Piece in line: p.span.last < x)
    and (all p: Piece in line where p.span.last < x: some q: Piece in line: p.span.last < q.span.last and q.span.last < x)
}
)");
  EXPECT_EQ(ask(law, {"line.look.endless: `p.span.last < x` holds alone"}),
            std::vector<Reachability>{Reachability::impossible});
}

TEST(RefuteDecisions, TellsTheFlagsOfAnArgumentFromEachOther) {
  const Law law = law_of(R"(
flags Wishes { FAST, CHEAP }
object Job {}
rule job.make(wishes: Wishes) -> job: Job {
  fails EINVAL [wishes] when FAST in wishes and CHEAP in wishes
  then job = new Job {}
}
)");
  Cache cache("");
  const RefuteOptions options{.threads = 1, .budget = kDecisionBudget};
  const std::vector<DecisionGoal> goals{goal_of(law, "job.make.wishes: `FAST in wishes` alone does not hold"),
                                        goal_of(law, "job.make.wishes: `CHEAP in wishes` holds alone")};
  EXPECT_EQ(refute_decisions(law, goals, cache, options), (std::vector<Reachability>(2, Reachability::open)));
}

TEST(SolveDecisions, FindsTheNumbersOfAKnownRun) {
  const Law law = law_of(kBoxes);
  const Argument box{kNone, 0, 0};
  const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
  const Sequence run{{0, {}}, {1, {box, number(0)}}, {2, {box, number(0)}}};
  const std::vector<DecisionGoal> goals{goal_of(law, "box.weigh.light: `i.weight < FLOOR` where both are equal"),
                                        goal_of(law, "box.weigh.least: `i.weight < least` just holds"),
                                        goal_of(law, "box.weigh.light: `i.weight < FLOOR` just holds"),
                                        goal_of(law, "box.weigh.least: `box` alone does not hold")};
  const auto found = solve_decisions(law, goals, {run}, {});
  ASSERT_EQ(found.size(), 4U);
  for (const std::size_t shown : {0, 1, 3}) {
    ASSERT_TRUE(found[shown].has_value()) << goals[shown].id;
    EXPECT_TRUE(shows_at_its_end(law, goals[shown], *found[shown])) << goals[shown].id;
  }
  EXPECT_EQ(found[0]->at(1).arguments[1].word, 0x1234000U);
  EXPECT_FALSE(found[2].has_value());
  // Needs a second box with something in it: the twin of the first.
  EXPECT_GE(found[3]->size(), 4U);
}

}  // namespace
}  // namespace iolaw
