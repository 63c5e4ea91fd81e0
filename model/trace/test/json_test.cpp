// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "model/eval/test/toy.hpp"
#include "model/trace/random_run.hpp"
#include "model/trace/test/json_schema.hpp"

namespace iolaw {
namespace {

using AnyJson = nlohmann::json;

std::string schema_misfit(const std::string& text) { return misfit(IOLAW_TRACE_SCHEMA, AnyJson::parse(text)); }

void expect_same(const Trace& a, const Trace& b) {
  EXPECT_EQ(a.law, b.law);
  EXPECT_EQ(a.note, b.note);
  EXPECT_EQ(a.start, b.start);
  ASSERT_EQ(a.steps.size(), b.steps.size());
  for (std::size_t step = 0; step < a.steps.size(); ++step) {
    EXPECT_EQ(a.steps[step].call, b.steps[step].call);
    EXPECT_EQ(a.steps[step].outcome, b.steps[step].outcome);
    EXPECT_EQ(a.steps[step].branch, b.steps[step].branch);
  }
}

TEST(TraceJson, RandomRunsRoundTrip) {
  const Law law = toy::make_law();
  const Model model(law);
  EXPECT_TRUE(rc::check([&] {
    RunOptions options;
    options.seed = *rc::gen::arbitrary<std::uint64_t>();
    options.steps = *rc::gen::inRange<std::uint64_t>(0, 40);
    Trace trace = run_randomly(model, options).trace;
    trace.note = "a \"note\" with \\ and ü";
    const std::string text = to_json(law, trace);
    RC_ASSERT(schema_misfit(text) == "");
    expect_same(trace, trace_from_json(law, text));
    RC_ASSERT(!testing::Test::HasFailure());
  }));
}

TEST(TraceJson, AStartThatIsNotInitialIsKept) {
  const Law law = toy::make_law();
  Trace trace;
  trace.start = State(law);
  trace.start.set_lives(toy::kSpace, 0, true);
  trace.start.set_lives(toy::kRange, 2, true);
  Word* span = trace.start.field(toy::kRange, 2, toy::kRangeSpan);
  span[0] = 1;
  span[1] = ~Word{0};
  *trace.start.field(toy::kRange, 2, toy::kRangeMemory) = 7;  // a counterexample may refer to what does not live
  const std::string text = to_json(law, trace);
  EXPECT_EQ(schema_misfit(text), "");
  expect_same(trace, trace_from_json(law, text));
}

TEST(TraceJson, LooksAsDocumented) {
  const Law law = toy::make_law();
  const Model model(law);
  Trace trace;
  ASSERT_FALSE(run_calls(
      model, {{toy::kSpaceNew, {}}, {toy::kRangePut, {0, 0x1000, 2}}, {toy::kRangePut, {kNone, 0, 1}}}, trace));
  const AnyJson document = AnyJson::parse(to_json(law, trace));
  EXPECT_EQ(document["#meta"]["format"], "ITF");
  EXPECT_EQ(document["vars"], AnyJson({"call", "outcome", "branch", "Space", "Memory", "Range", "Port", "User"}));
  ASSERT_EQ(document["states"].size(), 4U);
  const AnyJson& put = document["states"][2];
  EXPECT_EQ(put["call"]["rule"], "range.put");
  EXPECT_EQ(put["call"]["arguments"]["space"], "space0");
  EXPECT_EQ(put["call"]["arguments"]["start"], AnyJson({{"#bigint", "4096"}}));
  EXPECT_EQ(put["branch"], "range.put.ok");
  EXPECT_EQ(put["outcome"]["results"]["range"], "range0");
  EXPECT_EQ(put["Range"]["#map"][0][0], "range0");
  EXPECT_EQ(put["Range"]["#map"][0][1]["span"]["last"], AnyJson({{"#bigint", "4097"}}));
  EXPECT_EQ(put["Range"]["#map"][0][1]["note"], "none");
  const AnyJson& failed = document["states"][3];
  EXPECT_EQ(failed["outcome"]["error"], "ENOENT");
  EXPECT_EQ(failed["call"]["arguments"]["space"], "none");
}

TEST(TraceJson, RefusesWhatIsNoTrace) {
  const Law law = toy::make_law();
  const Model model(law);
  Trace trace;
  run_calls(model, {{toy::kSpaceNew, {}}, {toy::kRangePut, {0, 0x1000, 2}}}, trace);
  const std::string good = to_json(law, trace);
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_NO_THROW(trace_from_json(law, good));
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[1]"), good.substr(0, good.size() / 2),
        edited("range.put", "range.get"), edited("\"space0\"", "\"area0\""), edited("\"4096\"", "\"-1\""),
        edited("\"4096\"", "\"18446744073709551616\""), edited("\"4096\"", "4096"), edited("\"ok\"", "\"EWHAT\""),
        edited("range.put.ok", "range.put.what"), edited("\"length\"", "\"size\""),
        edited("\"space0\"", "\"space99999999999\""), edited("\"#map\": []", "\"#map\": 5")}) {
    EXPECT_THROW(trace_from_json(law, bad), TraceError) << bad;
  }
}

TEST(TraceJson, SaysWhereItIsWrong) {
  const Law law = toy::make_law();
  const Model model(law);
  Trace trace;
  run_calls(model, {{toy::kSpaceNew, {}}, {toy::kRangePut, {0, 0x1000, 2}}}, trace);
  const std::string good = to_json(law, trace);
  const auto says = [&](std::string text) {
    try {
      trace_from_json(law, text);
      shown_states(law, text);
    } catch (const TraceError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto edited = [&](const AnyJson& patch) { return AnyJson::parse(good).patch(patch).dump(); };
  const auto replaced = [&](const std::string& path, const AnyJson& value) {
    return says(edited(AnyJson::array({{{"op", "replace"}, {"path", path}, {"value", value}}})));
  };
  EXPECT_EQ(says(good), "");
  EXPECT_EQ(replaced("/states/2/call/arguments/start", "x"),
            "no trace of this law: states[2].call.arguments.start: cannot use at() with string");
  EXPECT_EQ(replaced("/states/2/call/rule", "range.get"),
            "no trace of this law: states[2].call: the law has no rule range.get");
  EXPECT_EQ(replaced("/states/2/outcome/results/range", "space0"),
            "no trace of this law: states[2].outcome.results.range: \"space0\" is no Range");
  EXPECT_EQ(replaced("/states/2/branch", "x"), "no trace of this law: states[2].branch: range.put has no branch x");
  EXPECT_EQ(replaced("/states/2/Range/#map/0/1/memory", "space0"),
            "no trace of this law: states[2].Range.#map[0].memory: \"space0\" is no Memory");
  EXPECT_EQ(replaced("/states", AnyJson::array()), "no trace of this law: states: there is no start");
  EXPECT_EQ(says("{").rfind("no trace of this law: the document: parse error at line 1, column 2", 0), 0U) << says("{");
}

TEST(TraceJson, LongTracesShowOnlyTheirStart) {
  const Law law = toy::make_law();
  const Model model(law);
  Trace trace;
  run_calls(model, std::vector<Call>(1001, Call{toy::kSpaceDestroy, {kNone}}), trace);
  const std::string text = to_json(law, trace);
  EXPECT_EQ(schema_misfit(text), "");
  EXPECT_EQ(AnyJson::parse(text)["vars"].size(), 3U);
  expect_same(trace, trace_from_json(law, text));
}

}  // namespace
}  // namespace iolaw
