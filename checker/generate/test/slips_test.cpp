// SPDX-License-Identifier: Apache-2.0
// Which mistakes are thought of after a call, and which calls tell them.
#include "checker/generate/slips.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/context.hpp"
#include "checker/generate/slip_search.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

const char* const kLawOfSlips = R"(
const UNIT: pow2 = 4096
object List {}
object Space {
  limit: u64
  holds list: maybe List
}
object Range {
  in space: Space at span
  tag: u64
}
object Watch {
  in space: Space
  span: interval
}
object Mark { in space: Space, at: u64 }

rule list.make() -> list: List { then list = new List {} }
rule space.open(list: List) -> space: Space {
  fails ENOENT [list] unless list lives
  then space = new Space { limit = 7, list }
}
rule space.add(space: Space, start: u64, length: u64, tag: u64) -> range: Range {
  let span = start..start + length - 1
  fails ENOENT    [space]   unless space lives
  fails EINVAL    [length]  when length == 0
  fails EOVERFLOW [wrap]    when overflows(span.last)
  fails EEXIST    [overlap] when some r: Range in space: overlaps(r.span, span)
  unspecified     [tag]     when tag > UNIT
  then range = new Range { space, span, tag }
}
rule space.remove(range: Range) {
  fails ENOENT [range] unless range lives
  then destroy range
}
rule space.split(range: Range, at: u64) {
  fails ENOENT [range]   unless range lives
  fails EINVAL [outside] unless at in range.span and at > range.span.first
  then {
    destroy range
    new Range { space = range.space, span = range.span.first..at - 1, tag = 1 }
    new Range { space = range.space, span = at..range.span.last, tag = 2 }
  }
}
rule space.change(space: Space, limit: u64, list: List) {
  fails ENOENT [space] unless space lives
  fails ENOENT [list]  unless list lives
  fails EINVAL [limit] when limit > 100
  then {
    space.limit = limit
    space.list = list
    destroy all w: Watch in space
  }
}
rule space.watch(space: Space, start: u64, last: u64) -> watch: Watch {
  fails ENOENT [space] unless space lives
  fails EINVAL [order] when start > last
  then watch = new Watch { space, span = start..last }
}
rule watch.drop(watch: Watch) {
  fails ENOENT [watch] unless watch lives
  then destroy watch
}
rule space.mark(space: Space, at: u64) {
  fails ENOENT [space] unless space lives
  then new Mark { space, at }
}
rule space.nothing() { fails EFAULT [always] when true }
probe space.limited(space: Space) -> limit: u64 {
  unspecified [space] unless space lives
  result limit = space.limit
}
probe space.watched(space: Space, x: u64) -> yes: bool {
  unspecified [space] unless space lives
  result yes = some w: Watch in space: x in w.span
}
probe space.tag(space: Space, x: u64) -> tag: u64 {
  unspecified [space] unless space lives
  result tag = if space.at[x] is some r then r.tag else 0
}
probe space.marked(space: Space, x: u64) -> yes: bool {
  unspecified [space] unless space lives
  result yes = some m: Mark in space: m.at == x
}
invariant mark.low "Marks are below": all m: Mark: m.at < 0x10_0000_0000_0000
)";

class SlipsOfCalls : public testing::Test {
 protected:
  SlipsOfCalls() : law_(parse_text(kLawOfSlips)), model_(law_), slips_(law_), state_(law_) {
    call("list.make", {});
    call("space.open", {0});
  }

  // Makes the call, and says which slips there are.
  std::vector<std::string> call(const std::string& name, std::vector<Word> arguments) {
    Call made{static_cast<std::uint32_t>(law_.find_rule(name) - law_.rules.data()), std::move(arguments)};
    const State before = state_;
    const auto branch = model_.step(state_, made, outcome_);
    EXPECT_TRUE(branch) << name;
    found_ = slips_.of({before, made, branch.value_or(0), state_});
    std::vector<std::string> names;
    for (const Slip& slip : found_) {
      EXPECT_FALSE(slip.after == state_) << slip.name;
      names.push_back(slip.name);
    }
    return names;
  }

  const State& after(const std::string& name) const {
    const auto slip = std::find_if(found_.begin(), found_.end(), [&](const Slip& one) { return one.name == name; });
    if (slip == found_.end()) throw std::runtime_error("no slip " + name);
    return slip->after;
  }

  // What a probe of a space says in the state of a slip.
  Word answer(const std::string& slip, const std::string& probe, std::vector<Word> arguments) {
    State state = after(slip);
    Outcome outcome;
    const Call made{static_cast<std::uint32_t>(law_.find_rule(probe) - law_.rules.data()), std::move(arguments)};
    EXPECT_TRUE(model_.step(state, made, outcome));
    return *outcome.results.at(0);
  }

  static bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  Law law_;
  Model model_;
  Slips slips_;
  State state_;
  Outcome outcome_;
  std::vector<Slip> found_;
};

TEST_F(SlipsOfCalls, keep_a_number_in_too_small_a_place) {
  const auto names = call("space.change", {0, 50, 0});
  EXPECT_FALSE(has(names, "space.change.ok, but Space.limit is cut to 16 bits"));
  call("space.mark", {0, 0x1'0002'0003});
  EXPECT_EQ(answer("space.mark.ok, but Mark.at is cut to 32 bits", "space.marked", {0, 0x2'0003}), 1U);
  EXPECT_EQ(answer("space.mark.ok, but Mark.at is cut to 16 bits", "space.marked", {0, 3}), 1U);
}

TEST_F(SlipsOfCalls, repeat_what_was_made_where_an_invariant_permits_it) {
  call("space.mark", {0, 0x1000});
  EXPECT_EQ(answer("space.mark.ok, but one more, Mark.at is a unit further", "space.marked", {0, 0x2000}), 1U);
  const auto names = call("space.mark", {0, 0xf'ffff'ffff'ffff});
  EXPECT_FALSE(has(names, "space.mark.ok, but one more, Mark.at is a unit further"));
}

TEST_F(SlipsOfCalls, give_one_of_two_the_value_of_the_other) {
  call("space.add", {0, 0x1000, 0x2000, 0});
  call("space.split", {0, 0x2000});
  EXPECT_EQ(answer("space.split.ok, but the last Range.tag is another's", "space.tag", {0, 0x2000}), 1U);
  EXPECT_EQ(answer("space.split.ok, but Range.tag is another's", "space.tag", {0, 0x1000}), 2U);
}

TEST_F(SlipsOfCalls, make_an_interval_longer) {
  call("space.watch", {0, 0x1000, 0x1fff});
  EXPECT_EQ(answer("space.watch.ok, but Watch.span is longer", "space.watched", {0, 0x2fff}), 1U);
}

TEST_F(SlipsOfCalls, leave_the_part_behind_the_first_range) {
  call("space.add", {0, 0x1000, 0x1000, 0});
  call("space.add", {0, 0x2000, 0x1000, 0});
  call("space.watch", {0, 0x1800, 0x2800});
  call("watch.drop", {0});
  const std::string slip = "watch.drop.ok, but a Watch stays beyond its first Range";
  EXPECT_EQ(answer(slip, "space.watched", {0, 0x1fff}), 0U);
  EXPECT_EQ(answer(slip, "space.watched", {0, 0x2000}), 1U);
  call("space.watch", {0, 0x2000, 0x2800});
  EXPECT_FALSE(has(call("watch.drop", {0}), slip));
}

TEST_F(SlipsOfCalls, take_along_what_is_near_or_touches) {
  call("space.watch", {0, 0x1000, 0x1fff});
  call("space.add", {0, 0x2000, 0x1000, 0});
  const auto names = call("space.remove", {0});
  EXPECT_TRUE(has(names, "space.remove.ok, but a Watch beside goes"));
  EXPECT_EQ(answer("space.remove.ok, but a Watch goes right below what ended", "space.watched", {0, 0x1000}), 0U);
  EXPECT_FALSE(has(names, "space.remove.ok, but a Watch goes right above what ended"));
  EXPECT_FALSE(has(names, "space.remove.ok, but a Space beside goes")) << "something refers to it";
  call("space.add", {0, 0x3000, 0x1000, 0});
  EXPECT_FALSE(has(call("space.remove", {0}), "space.remove.ok, but a Watch goes right below what ended"));
  call("space.add", {0, 0x5000, 0x1000, 0});
  call("space.add", {0, 0x6000, 0x1000, 0});
  EXPECT_TRUE(has(call("space.remove", {0}), "space.remove.ok, but a Range goes, too, right above what ended"));
}

TEST_F(SlipsOfCalls, leave_something_behind_where_the_law_has_no_effect) {
  const auto names = call("space.nothing", {});
  EXPECT_TRUE(has(names, "space.nothing, but one more List lives"));
  EXPECT_TRUE(has(names, "space.nothing, but one more Space lives"));
  EXPECT_FALSE(has(names, "space.nothing, but one more Range lives")) << "it needs a space";
  EXPECT_EQ(after("space.nothing, but one more List lives").population(0), 2U);
}

TEST_F(SlipsOfCalls, do_a_part_of_what_was_refused_or_forget) {
  call("list.make", {});
  call("space.watch", {0, 0, 9});
  call("space.watch", {0, 20, 29});
  const auto names = call("space.change", {0, 101, 1});
  EXPECT_EQ(answer("space.change.limit, but it did what it refused of Space alone", "space.watched", {0, 0}), 1U);
  EXPECT_EQ(answer("space.change.limit, but it did what it refused of Watch alone", "space.limited", {0}), 7U);
  EXPECT_EQ(answer("space.change.limit, but it ended a Watch all the same", "space.watched", {0, 20}), 1U);
  EXPECT_EQ(answer("space.change.limit, but it forgot Space.limit", "space.limited", {0}), 0U);
  EXPECT_TRUE(has(names, "space.change.limit, but it forgot Space.list"));
}

TEST(SlipJudge, says_which_call_tells) {
  const Law law = parse_text(kLawOfSlips);
  const Model model(law);
  SlipJudge judge(model);
  const auto rule = [&](const std::string& name) {
    return static_cast<std::uint32_t>(law.find_rule(name) - law.rules.data());
  };
  const auto number = [](Word word) { return Argument{word, Argument::kNoStep, 0}; };
  const Argument space{kNone, 1, 0};
  const Sequence sequence = {{rule("list.make"), {}},
                             {rule("space.open"), {{kNone, 0, 0}}},
                             {rule("space.add"), {space, number(0), number(10), number(1)}},
                             {rule("space.remove"), {{kNone, 2, 0}}},
                             {rule("space.add"), {space, number(5), number(10), number(1)}}};
  const std::string key = "space.remove.ok, but a Range stays; space.add tells";
  EXPECT_TRUE(judge.shows(sequence, key));
  const Sequence early(sequence.begin(), sequence.end() - 1);
  EXPECT_FALSE(judge.shows(early, key));
}

TEST(Numbers, count_where_they_decide) {
  const Law law = parse_text(kLawOfSlips);
  const Model model(law);
  State state(law);
  Outcome outcome;
  const auto rule = [&](const std::string& name) {
    return static_cast<std::uint32_t>(law.find_rule(name) - law.rules.data());
  };
  ASSERT_TRUE(model.step(state, {rule("list.make"), {}}, outcome));
  ASSERT_TRUE(model.step(state, {rule("space.open"), {0}}, outcome));
  const auto keys = [&](std::vector<Word> arguments) {
    const Call call{rule("space.add"), std::move(arguments)};
    State after = state;
    const auto branch = model.step(after, call, outcome);
    return numbers_of(model, state, call, {branch.value_or(0), outcome}, after);
  };
  EXPECT_EQ(keys({0, 0, 0, 1}), std::vector<std::string>{"space.add.length: tag is 1, of which the law says no more"});
  EXPECT_EQ(keys({0, 0, 8, 1}), std::vector<std::string>{});
  EXPECT_EQ(keys({0, 0, 0x1'0000'0000, 0}),
            std::vector<std::string>{"space.add.ok: length cut to 32 bits would end otherwise"});
  EXPECT_EQ(keys({kNone, 0, 0x1'0000'0001, 0}), std::vector<std::string>{});
}

}  // namespace
}  // namespace iolaw
