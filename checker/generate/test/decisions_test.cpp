// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "checker/generate/decision_model.hpp"
#include "checker/generate/decisions.hpp"
#include "checker/generate/goal_coverage.hpp"
#include "checker/generate/select_cases.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/suite.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

std::size_t index_of(const std::vector<DecisionGoal>& goals, const std::string& id) {
  const auto found = std::find_if(goals.begin(), goals.end(), [&](const DecisionGoal& goal) { return goal.id == id; });
  if (found == goals.end()) throw std::out_of_range(id);
  return static_cast<std::size_t>(found - goals.begin());
}

// A space with the range 0x1000..0x1fff.
State space_with_a_range(const Model& model) {
  State state(model.law());
  Outcome outcome;
  model.step(state, {0, {}}, outcome);
  model.step(state, {1, {0, 0x1000, 0x1000, 0}}, outcome);
  return state;
}

TEST(Decisions, are_shown_by_calls_at_their_boundary) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  DecisionModel shows(law, goals);
  State state = space_with_a_range(model);
  // Of the two comparisons that `overlaps` stands for: that of the range's first address, then that of its last.
  const std::size_t touches = index_of(goals, "space.add.overlap: `overlaps(r.span, span)` where both are equal");
  const Call on_its_first{1, {0, 0, 0x1001, 0}};
  const Call below{1, {0, 0, 0x1000, 0}};
  EXPECT_TRUE(shows.shows(touches, state, on_its_first));
  EXPECT_FALSE(shows.shows(touches, state, below));
  const std::size_t misses = index_of(goals, "space.add.overlap: `overlaps(r.span, span)` just fails");
  EXPECT_TRUE(shows.shows(misses, state, below));
  EXPECT_FALSE(shows.shows(misses, state, on_its_first));
}

TEST(Decisions, need_calls_that_come_so_far) {
  const Law law = parse_text(kSmallLaw);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  const DecisionModel shows(law, goals);
  const std::size_t goal = index_of(goals, "space.add.align: `aligned(start, UNIT)` holds alone");
  const Rule& rule = law.rules[1];
  EXPECT_EQ(branch_id(rule, 3), "space.add.align");
  EXPECT_FALSE(shows.fits(goal, 2));  // ended before
  EXPECT_FALSE(shows.fits(goal, 3));  // there it does not hold
  EXPECT_TRUE(shows.fits(goal, 4));
  EXPECT_TRUE(shows.fits(goal, kSuccess));
}

TEST(Decisions, of_precedence_have_different_errnos) {
  const Law law = parse_text(kSmallLaw);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  const auto named = [&](const std::string& id) {
    return std::any_of(goals.begin(), goals.end(), [&](const DecisionGoal& goal) { return goal.id == id; });
  };
  EXPECT_TRUE(named("space.add.wrap: comes before align"));
  EXPECT_FALSE(named("space.add.length: comes before align"));  // EINVAL both
}

// A part that is read only where another one holds asks for nothing elsewhere.
TEST(Decisions, need_what_is_read_where_it_is_read) {
  const Law law = parse_text(R"(
object Limit { most: u64 }
object Box { limit: maybe Limit }
rule limit.make(most: u64) -> limit: Limit { then limit = new Limit { most } }
rule box.make() -> box: Box { then box = new Box { limit = none } }
rule box.bind(box: Box, limit: Limit) {
  fails ENOENT [dead] unless box lives and limit lives
  then box.limit = limit
}
rule box.fill(box: Box, weight: u64) {
  fails ENOENT [box]   unless box lives
  fails EINVAL [heavy] unless (box.limit is some l implies weight <= l.most) and weight < 100
}
)");
  const Model model(law);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  DecisionModel shows(law, goals);
  State state(law);
  Outcome outcome;
  model.step(state, {1, {}}, outcome);
  const std::size_t hundred = index_of(goals, "box.fill.heavy: `weight < 100` where both are equal");
  EXPECT_TRUE(shows.shows(hundred, state, {3, {0, 100}}));
  const std::size_t most = index_of(goals, "box.fill.heavy: `weight <= l.most` where both are equal");
  EXPECT_FALSE(shows.shows(most, state, {3, {0, 50}}));
  model.step(state, {0, {50}}, outcome);
  model.step(state, {2, {0, 0}}, outcome);
  EXPECT_TRUE(shows.shows(most, state, {3, {0, 50}}));
  EXPECT_FALSE(shows.shows(hundred, state, {3, {0, 100}}));
}

TEST(Decisions, of_a_def_that_is_used_twice_are_shown_by_either_use) {
  const Law law = parse_text(R"(
def is_fit(x: u64) -> bool = x > 3 and x < 9
rule pair.check(a: u64, b: u64) {
  fails EINVAL [unfit] unless is_fit(a) and is_fit(b)
}
)");
  const std::vector<DecisionGoal> goals = list_decisions(law, DecisionDetail::each_part);
  DecisionModel shows(law, goals);
  State state(law);
  const auto count = [&](const std::string& id) {
    return std::count_if(goals.begin(), goals.end(),
                         [&](const DecisionGoal& goal) { return goal.id.rfind(id, 0) == 0; });
  };
  EXPECT_EQ(count("pair.check.unfit: `x > 3` alone does not hold"), 1);
  const std::size_t goal = index_of(goals, "pair.check.unfit: `x > 3` alone does not hold");
  EXPECT_TRUE(shows.shows(goal, state, {0, {3, 5}}));
  EXPECT_TRUE(shows.shows(goal, state, {0, {5, 3}}));
  EXPECT_FALSE(shows.shows(goal, state, {0, {5, 9}}));
  EXPECT_FALSE(shows.shows(goal, state, {0, {3, 3}}));
}

TEST(Decisions, are_shown_where_one_object_alone_decides) {
  const Law law = parse_text(R"(
object Box {}
object Item { in box: Box, weight: u64 }
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, weight: u64) { then new Item { box, weight } }
rule box.lift(box: Box) {
  fails EINVAL [heavy] when some i: Item in box: i.weight > 5
  fails EPERM  [light] unless all i: Item in box: i.weight > 1
}
)");
  const Model model(law);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  DecisionModel decisions(law, goals);
  const auto shows = [&](const std::string& goal, const std::vector<Word>& weights) {
    State state(law);
    Outcome outcome;
    model.step(state, {0, {}}, outcome);
    for (const Word weight : weights) model.step(state, {1, {0, weight}}, outcome);
    return decisions.shows(index_of(goals, goal), state, {2, {0}});
  };
  const std::string heavy = "box.lift.heavy: `i.weight > 5` holds alone";
  EXPECT_TRUE(shows(heavy, {3, 6}));
  EXPECT_FALSE(shows(heavy, {7, 6}));
  const std::string light = "box.lift.light: `i.weight > 1` alone does not hold";
  EXPECT_TRUE(shows(light, {3, 1}));
  EXPECT_FALSE(shows(light, {0, 1}));
  // Where none is heavy, each decides.
  const std::string none = "box.lift.heavy: `i.weight > 5` alone does not hold";
  EXPECT_TRUE(shows(none, {3, 2}));
}

TEST(Decisions, are_named_as_the_law_says_it) {
  const Law law = parse_text(R"(
object Owner {}
object Thing { owner: maybe Owner, size: u64 }
rule thing.make(size: u64) -> thing: Thing { then thing = new Thing { owner = none, size } }
rule thing.drop(thing: Thing) {
  fails EINVAL [size] when thing.size != 3
  fails ENOENT [free] when thing.owner is none
  fails EPERM  [kept] unless thing.size != 3
}
)");
  const Model model(law);
  const std::vector<DecisionGoal> goals = list_decisions(law);
  DecisionModel decisions(law, goals);
  const auto shows = [&](const std::string& goal, Word size) {
    State state(law);
    Outcome outcome;
    model.step(state, {0, {size}}, outcome);
    return decisions.shows(index_of(goals, goal), state, {1, {0}});
  };
  EXPECT_TRUE(shows("thing.drop.size: `thing.size != 3` holds alone", 4));
  EXPECT_FALSE(shows("thing.drop.size: `thing.size != 3` holds alone", 3));
  EXPECT_TRUE(shows("thing.drop.size: `thing.size != 3` alone does not hold", 3));
  EXPECT_TRUE(shows("thing.drop.free: `thing.owner is none` holds alone", 3));
  EXPECT_FALSE(shows("thing.drop.free: `thing.owner is none` alone does not hold", 3));
  EXPECT_TRUE(shows("thing.drop.kept: `thing.size != 3` holds alone", 4));
  using When = DecisionGoal::When;
  EXPECT_EQ(goals[index_of(goals, "thing.drop.size: `thing.size != 3` holds alone")].when, When::ends);
  EXPECT_EQ(goals[index_of(goals, "thing.drop.kept: `thing.size != 3` holds alone")].when, When::passes);
}

TEST(Decisions, of_a_success_are_shown_by_a_call_that_fails_behind_its_effects) {
  const Law law = parse_text(R"(
object Cup { full: bool }
rule cup.make() -> cup: Cup { then cup = new Cup { full = true } }
rule cup.pour(cup: Cup, others: bool) {
  fails ENOENT [cup] unless cup lives
  then destroy all c: Cup where c == cup or others
  but fails EFAULT [reply] when true
}
)");
  for (const DecisionDetail detail : {DecisionDetail::every_use, DecisionDetail::each_part}) {
    const std::vector<DecisionGoal> goals = list_decisions(law, detail);
    const DecisionModel shows(law, goals);
    const std::size_t goal = index_of(goals, "cup.pour.ok: `others` holds alone");
    EXPECT_FALSE(shows.fits(goal, 0));
    EXPECT_TRUE(shows.fits(goal, 1));
  }
}

TEST(Decisions, leave_out_what_types_exclude) {
  const Law law = parse_text(R"(
const MOST: u64 = 0xffff_ffff_ffff_ffff
object Box {}
object Item { holds box: Box }
count Box.items = Item.box
rule box.make() -> box: Box { then box = new Box {} }
rule box.put(box: Box, weight: u64) {
  fails ENOENT [box] unless box lives
  fails EINVAL [most] when weight == MOST or weight >= 0
  fails EBUSY [busy] when box.items > 0
  then new Item { box }
}
)");
  const std::vector<DecisionGoal> goals = list_decisions(law, DecisionDetail::each_part);
  const auto named = [&](const std::string& id) {
    return std::any_of(goals.begin(), goals.end(), [&](const DecisionGoal& goal) { return goal.id == id; });
  };
  EXPECT_TRUE(named("box.put.most: `weight == MOST` one too low"));
  EXPECT_FALSE(named("box.put.most: `weight == MOST` one too high"));
  EXPECT_TRUE(named("box.put.most: `weight >= 0` holds alone"));
  EXPECT_FALSE(named("box.put.most: `weight >= 0` alone does not hold"));
  EXPECT_TRUE(named("box.put.busy: `box.items > 0` where both are equal"));
  EXPECT_FALSE(named("box.put.busy: `box.items > 0` one beyond"));
}

TEST(Decisions, are_none_where_only_one_of_two_values_is_there) {
  const Law law = parse_text(R"(
object Owner {}
object Thing { owner: maybe Owner, lent: bool }
def keeper(thing: Thing) -> maybe Owner = if thing.lent then thing.owner else none
rule thing.take(thing: Thing, owner: Owner) {
  fails ENOENT [thing] unless thing lives
  fails EINVAL [kept]  when keeper(thing) is none
  fails EPERM  [owner] unless the keeper(thing) == owner
}
)");
  std::vector<std::string> ids;
  for (const DecisionGoal& goal : list_decisions(law)) ids.push_back(goal.id);
  const auto has = [&](const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  EXPECT_TRUE(has("thing.take.kept: `thing.lent` holds alone"));
  EXPECT_FALSE(has("thing.take.owner: `thing.lent` holds alone"));
  EXPECT_TRUE(has("thing.take.owner: `the keeper(thing) == owner` alone does not hold"));
}

// A window in which a free address is looked for.
constexpr const char* kSearchLaw = R"(
const WINDOW: interval = 0x1000..0x1fff
object Taken { span: interval }
rule take(first: u64, length: u64) {
  fails EINVAL [wrap] when length == 0 or overflows(first + length - 1)
  then new Taken { span = first..first + length - 1 }
}
rule look() {
  fails ENOSPC [full] unless some x: u64: x >= WINDOW.first and x <= WINDOW.last
    and (no t: Taken: t.span.first <= x and x <= t.span.last)
}
)";

class Search : public testing::Test {
 protected:
  struct Taken {
    Word first = 0;
    Word length = 0;
  };

  // Whether looking for an address shows the goal when so much is taken.
  bool shows(const std::string& goal, const std::vector<Taken>& all) {
    State state(law_);
    Outcome outcome;
    for (const Taken& taken : all) model_.step(state, {0, {taken.first, taken.length}}, outcome);
    return decisions_.shows(index_of(goals_, goal), state, {1, {}});
  }

 private:
  Law law_ = parse_text(kSearchLaw);
  Model model_{law_};
  std::vector<DecisionGoal> goals_ = list_decisions(law_);
  DecisionModel decisions_{law_, goals_};
};

TEST_F(Search, has_boundaries) {
  const std::string below = "look.full: `x >= WINDOW.first` just fails";
  EXPECT_TRUE(shows(below, {{0x1000, 0x1000}}));
  EXPECT_FALSE(shows(below, {{0xfff, 0x1001}}));
  const std::string at = "look.full: `x >= WINDOW.first` where both are equal";
  EXPECT_TRUE(shows(at, {{0x1001, 0xfff}}));
  EXPECT_FALSE(shows(at, {{0x1000, 0xfff}}));
}

TEST_F(Search, goes_on_beside_what_just_misses) {
  const std::string above = "look.full: `t.span.first <= x` where both are equal, and only a higher address is found";
  EXPECT_TRUE(shows(above, {{0x1000, 0x800}}));
  EXPECT_FALSE(shows(above, {{0xfff, 0x801}}));  // that is outside the window as well
  EXPECT_FALSE(shows(above, {{0x1400, 0x400}}));
  EXPECT_FALSE(shows(above, {{0x1000, 0x800}, {0xf00, 0x200}}));  // the other one is in the way as well
  EXPECT_FALSE(shows(above, {{0x1000, 0x1000}}));
  const std::string below = "look.full: `x >= WINDOW.first` just fails, and only a lower address is found";
  EXPECT_FALSE(shows(below, {{0x1000, 0x800}}));
  const std::string end = "look.full: `x <= WINDOW.last` just fails, and only a lower address is found";
  EXPECT_TRUE(shows(end, {{0x1000, 0x800}}));
  EXPECT_FALSE(shows(end, {{0x1000, 0x1000}}));
}

TEST_F(Search, must_look_everywhere) {
  const std::string below = "look.full: an address is found only where `t.span.first <= x` does not hold";
  EXPECT_TRUE(shows(below, {{0x1800, 0x800}}));
  EXPECT_FALSE(shows(below, {{0x1000, 0x800}}));
  EXPECT_FALSE(shows(below, {{0x1400, 0x800}}));
  EXPECT_FALSE(shows(below, {{0x1000, 0x1000}}));
  const std::string above = "look.full: an address is found only where `x <= t.span.last` does not hold";
  EXPECT_TRUE(shows(above, {{0x1000, 0x800}}));
  EXPECT_FALSE(shows(above, {{0x1800, 0x800}}));
  EXPECT_FALSE(shows(above, {{0x1400, 0x800}}));
}

TEST(Coverage, finds_the_shortest_beginning_that_shows_a_goal) {
  const Law law = parse_text(kSmallLaw);
  const std::vector<DecisionGoal> all = list_decisions(law, DecisionDetail::each_part);
  const std::size_t index = index_of(all, "space.add.wrap: comes before align");
  const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
  const Argument space{kNone, 0, 0};
  const SequenceStep make{0, {}};
  const SequenceStep wraps{1, {space, number(~Word{0}), number(2), number(0)}};
  const auto found = runs_that_show(law, {all[index]}, {{make, make, wraps}, {make, wraps, make}, {make}}, 2);
  ASSERT_TRUE(found.at(0).has_value());
  EXPECT_EQ(*found.at(0), (Sequence{make, wraps}));
}

TEST(Coverage, is_that_of_the_cases) {
  const Law law = parse_text(kSmallLaw);
  const Argument space{kNone, 0, 0};
  const auto add = [&](Word start, Word length) {
    const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
    return Sequence{{0, {}}, {1, {space, number(start), number(length), number(0)}}};
  };
  const auto covered = [&](const std::vector<Sequence>& cases, const std::string& id) {
    const GoalCoverage coverage = goal_coverage(law, cases, 2);
    return bool{coverage.shown[index_of(coverage.decisions, id)]};
  };
  const auto reached = [&](const std::vector<Sequence>& cases, std::uint32_t branch) {
    const GoalCoverage coverage = goal_coverage(law, cases, 1);
    for (std::size_t i = 0; i < coverage.outcomes.size(); ++i) {
      if (coverage.outcomes[i].rule == 1 && coverage.outcomes[i].branch == branch) return bool{coverage.reached[i]};
    }
    return false;
  };
  const std::string wraps = "space.add.wrap: `overflows(span.last)` one beyond the last address";
  EXPECT_TRUE(covered({add(0, 1), add(~Word{0}, 2)}, wraps));
  EXPECT_FALSE(covered({add(0, 1), add(~Word{0}, 3)}, wraps));
  EXPECT_TRUE(reached({add(0, 1)}, kSuccess));
  EXPECT_FALSE(reached({add(0, 0)}, kSuccess));
  EXPECT_TRUE(reached({add(0, 0)}, 1));
}

TEST(Slips, show_where_an_answer_differs) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  // open, add, clear, and whether the range is there.
  const Argument space{kNone, 0, 0};
  const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
  const Sequence sequence{{0, {}},
                          {1, {space, number(0x1000), number(0x1000), number(0)}},
                          {2, {space, number(0x1000), number(0x1000)}},
                          {3, {space, number(0x1000)}}};
  SlipJudge judge(model);
  EXPECT_TRUE(judge.shows(sequence, "space.clear.ok, but a Range stays; space.owned tells"));
  const Sequence elsewhere{sequence[0], sequence[1], sequence[2], {3, {space, number(0x2000)}}};
  EXPECT_FALSE(judge.shows(elsewhere, "space.clear.ok, but a Range stays; space.owned tells"));
}

TEST(SelectCases, keeps_what_shows_something_alone) {
  const std::vector<bool> kept = select_cases({{{0, 1}, 5}, {{1}, 3}, {{2}, 9}, {{0, 1, 2}, 20}});
  EXPECT_EQ(kept, (std::vector<bool>{true, false, true, false}));
}

GenerateOptions options_on(unsigned threads) {
  GenerateOptions options;
  options.threads = threads;
  options.explore_calls = 20'000;
  options.vary_calls = 20'000;
  options.graft_calls = 20'000;
  options.hunt_calls = 50'000;
  options.splice_calls = 20'000;
  options.neighbour_calls = 20'000;
  options.hunt_vary_calls = 20'000;
  options.vary_draws = 20;
  options.minimize_calls = 5'000;
  return options;
}

TEST(SuiteOfDecisions, covers_both_sides_whatever_the_threads) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const Suite suite = generate_suite(model, options_on(1));
  EXPECT_TRUE(suite.uncovered.empty());
  ASSERT_EQ(suite.table.size(), 4U);
  for (const GoalRow& row : suite.table) {
    EXPECT_EQ(row.goals, row.covered + row.impossible.size() + row.open.size()) << row.kind;
    EXPECT_GT(row.covered, 0U) << row.kind;
  }
  EXPECT_GT(suite.slips, 0U);
  const Suite other = generate_suite(model, options_on(3));
  ASSERT_EQ(suite.cases.size(), other.cases.size());
  for (std::size_t i = 0; i < suite.cases.size(); ++i) {
    EXPECT_EQ(calls_of(suite.cases[i]), calls_of(other.cases[i])) << suite.cases[i].id;
  }
}

}  // namespace
}  // namespace iolaw
