// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "model/eval/test/toy.hpp"
#include "model/law/parse.hpp"
#include "model/trace/random_run.hpp"

namespace iolaw {
namespace {

TEST(RandomRun, TheLawOfIommufdHolds) {
  const Parsed parsed = parse_law(IOLAW_LAW);
  ASSERT_TRUE(parsed.law);
  const Model model(*parsed.law);
  RunOptions options;
  options.steps = 20'000;
  options.keep_trace = false;
  const RunReport report = run_randomly(model, options);
  ASSERT_FALSE(report.violation) << report.violation->reasons.at(0).text << "\n"
                                 << to_text(*parsed.law, model, report.trace);
  EXPECT_EQ(report.steps, options.steps);
  // A run that reaches little proves little: most rules succeed, though some need more than luck.
  std::size_t succeeded = 0;
  for (const std::vector<std::uint64_t>& branches : report.branches) succeeded += branches.back() > 0 ? 1 : 0;
  EXPECT_GT(succeeded, parsed.law->rules.size() / 2);
}

TEST(RandomRun, AViolationIsFoundAndShortened) {
  Law law = toy::make_law();
  // range.put forgets to look for what is there.
  Rule& put = law.rules[toy::kRangePut];
  put.items.erase(std::remove_if(put.items.begin(), put.items.end(),
                                 [&](const Item& item) {
                                   return item.tag == Item::Tag::fails && put.branches[item.branch].tag == "overlap";
                                 }),
                  put.items.end());
  const Model model(law);
  RunOptions options;
  options.steps = 5000;
  const RunReport report = run_randomly(model, options);
  ASSERT_TRUE(report.violation);
  EXPECT_EQ(law.properties[report.violation->property.value()].name, "range.disjoint");
  EXPECT_EQ(report.trace.note, "breaks range.disjoint");
  // A space, what is there, what overlaps it; and at most one call without which the second range would lie elsewhere.
  EXPECT_GE(report.trace.steps.size(), 3U) << to_text(law, model, report.trace);
  EXPECT_LE(report.trace.steps.size(), 4U) << to_text(law, model, report.trace);
  std::vector<Call> calls;
  for (const TraceStep& step : report.trace.steps) calls.push_back(step.call);
  EXPECT_EQ(shrink_calls(model, calls, *report.violation), calls) << "nothing more can go";
}

TEST(RandomRun, AnExpressionWithoutValueIsAViolation) {
  Law law = toy::make_law();
  // range.share no longer makes sure that its range lives.
  Rule& share = law.rules[toy::kRangeShare];
  share.items.erase(share.items.begin());
  const Model model(law);
  RunOptions options;
  options.steps = 5000;
  const RunReport report = run_randomly(model, options);
  ASSERT_TRUE(report.violation);
  EXPECT_FALSE(report.violation->property);
  EXPECT_EQ(report.trace.note, "reads what has no value");
  EXPECT_EQ(report.trace.steps.back().call.rule, static_cast<std::uint32_t>(toy::kRangeShare));
  EXPECT_LE(report.trace.steps.size(), 2U) << "a space, then the call";
}

TEST(RandomRun, IsReproducible) {
  const Law law = toy::make_law();
  const Model model(law);
  RunOptions options;
  options.seed = 42;
  const std::string first = to_json(law, run_randomly(model, options).trace);
  EXPECT_EQ(first, to_json(law, run_randomly(model, options).trace));
  options.seed = 43;
  EXPECT_NE(first, to_json(law, run_randomly(model, options).trace));
}

}  // namespace
}  // namespace iolaw
