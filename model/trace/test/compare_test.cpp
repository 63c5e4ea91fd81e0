// SPDX-License-Identifier: Apache-2.0
#include "model/trace/compare.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "model/eval/test/toy.hpp"
#include "model/trace/random_run.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::ordered_json;

class Compare : public testing::Test {
 protected:
  ShownTrace run(const std::vector<Call>& made) const {
    ShownTrace shown;
    EXPECT_FALSE(run_calls(model, made, shown.trace));
    return shown;
  }
  ShownTrace reread(const ShownTrace& trace) const {
    const std::string text = to_json(law, trace.trace);
    return {trace_from_json(law, text), shown_states(law, text)};
  }

  const Law law = toy::make_law();
  const Model model{law};
  const std::vector<Call> calls = {
      {toy::kSpaceNew, {}}, {toy::kRangePut, {0, 0x1000, 2}}, {toy::kRangeTake, {0, 0x1000, 0x1000}}};
};

TEST_F(Compare, ATraceIsTheSameAsItself) {
  const ShownTrace trace = run(calls);
  EXPECT_FALSE(compare(model, trace, trace));
  const ShownTrace saved = reread(trace);
  ASSERT_EQ(saved.states.size(), 4U);
  EXPECT_FALSE(compare(model, trace, saved));
}

TEST_F(Compare, OtherArguments) {
  std::vector<Call> other = calls;
  other[1].arguments = {0, 0x2000, 2};
  const auto parting = compare(model, run(calls), run(other));
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->step, 2U);
  EXPECT_EQ(to_text(law, *parting),
            "               A                   B\n"
            "  call         range.put           range.put\n"
            "    space      space0              space0\n"
            "*   start      0x1000              0x2000\n"
            "    length     2                   2\n"
            "  outcome      ok, range = range0  ok, range = range0\n"
            "* range0.span  0x1000..0x1001      0x2000..0x2001\n");
  const Json json = to_json(law, *parting);
  EXPECT_EQ(json["differs"], Json({"arguments", "state"}));
  EXPECT_EQ(json["a"]["call"]["arguments"]["start"], Json({{"#bigint", "4096"}}));
  EXPECT_EQ(json["state"][0]["field"], "span");
}

TEST_F(Compare, AnotherCall) {
  std::vector<Call> other = calls;
  other[2] = {toy::kUserNew, {0}};
  const auto parting = compare(model, run(calls), run(other));
  ASSERT_TRUE(parting);
  EXPECT_EQ(to_text(law, *parting),
            "            A              B\n"
            "* call      range.take     user.new\n"
            "    space   space0         space0\n"
            "*   start   0x1000         -\n"
            "*   length  0x1000         -\n"
            "* outcome   ok, taken = 2  ok, user = user0\n"
            "* memory0   -              lives\n"
            "*   size    -              2\n"
            "* range0    -              lives\n"
            "*   space   -              space0\n"
            "*   span    -              0x1000..0x1001\n"
            "*   memory  -              memory0\n"
            "*   note    -              none\n"
            "* user0     -              lives\n"
            "*   space   -              space0\n");
  EXPECT_EQ(to_json(law, *parting)["differs"], Json({"call", "outcome", "branch", "state"}));
}

TEST_F(Compare, AnotherOutcomeOfTheSameCall) {
  ShownTrace other = run(calls);
  other.trace.steps[2].outcome = {EBUSY, {}};
  const auto parting = compare(model, run(calls), other);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->step, 3U);
  EXPECT_EQ(to_json(law, *parting)["differs"], Json({"outcome", "state"}));
}

TEST_F(Compare, OneEndsBefore) {
  ShownTrace shorter = run(calls);
  shorter.trace.steps.pop_back();
  const auto parting = compare(model, shorter, run(calls));
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->step, 3U);
  EXPECT_FALSE(parting->a);
  EXPECT_NE(to_text(law, *parting).find("* call      (the trace ends)  range.take\n"), std::string::npos)
      << to_text(law, *parting);
  const Json json = to_json(law, *parting);
  EXPECT_EQ(json["differs"], Json({"length", "state"}));
  EXPECT_TRUE(json["a"].is_null());
}

TEST_F(Compare, AnotherStart) {
  ShownTrace other = run(calls);
  other.trace.start.set_lives(toy::kSpace, 3, true);
  const auto parting = compare(model, run(calls), other);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->step, 0U);
  EXPECT_EQ(to_text(law, *parting),
            "          A  B\n"
            "* space3  -  lives\n");
}

TEST_F(Compare, AStateThatTheDocumentShowsOtherwise) {
  ShownTrace other = reread(run(calls));
  *other.states[2].field(toy::kMemory, 0, 0) = 3;
  const auto parting = compare(model, run(calls), other);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->step, 2U);
  EXPECT_EQ(to_json(law, *parting)["differs"], Json({"state"}));
}

// The step that is found is the first where anything differs, whichever step of whichever run is left out.
TEST_F(Compare, FindsTheFirstStep) {
  EXPECT_TRUE(rc::check([&] {
    RunOptions options;
    options.seed = *rc::gen::arbitrary<std::uint64_t>();
    options.steps = 20;
    options.keep_trace = true;
    const ShownTrace a{run_randomly(model, options).trace, {}};
    ShownTrace b = a;
    const auto at = *rc::gen::inRange<std::size_t>(0, a.trace.steps.size());
    b.trace.steps.erase(b.trace.steps.begin() + static_cast<std::ptrdiff_t>(at));
    const auto parting = compare(model, a, b);
    RC_ASSERT(parting.has_value());
    RC_ASSERT(parting->step >= at + 1);
    for (std::size_t i = at; i + 1 < parting->step; ++i) {
      RC_ASSERT(a.trace.steps[i].call == b.trace.steps[i].call);
      RC_ASSERT(a.trace.steps[i].outcome == b.trace.steps[i].outcome);
    }
    const auto again = compare(model, reread(a), reread(b));
    RC_ASSERT(again.has_value() && again->step == parting->step);
  }));
}

}  // namespace
}  // namespace iolaw
