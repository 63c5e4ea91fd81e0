// SPDX-License-Identifier: Apache-2.0
// The differ against hw_reference: no difference where there is none, and every seeded defect found soon and shrunk
// small.
#include <gtest/gtest.h>

#include "checker/differ/diff.hpp"
#include "checker/differ/test/fixture.hpp"
#include "tools/ports/hw_reference_port.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kStepsPerDefect = 2'000'000;
constexpr std::size_t kLongestTrace = 8;

std::vector<std::string> defect_ports() {
  register_hw_reference_defect_ports();
  return port_names();
}

class Defects : public testing::TestWithParam<std::string> {};

TEST_P(Defects, is_found_and_shrunk) {
  const Model model(law_here());
  const std::unique_ptr<Port> port = make_port(GetParam());
  ASSERT_TRUE(port);
  const DiffReport report = run_diff(model, *port, {1, kStepsPerDefect, {}});
  ASSERT_TRUE(report.difference) << "nothing found in " << report.steps << " steps";
  EXPECT_TRUE(report.confirmed);
  const std::string text = to_text(model, GetParam(), *report.difference);
  EXPECT_LE(report.difference->sequence.size(), kLongestTrace) << text;

  // The saved trace shows the difference again.
  const Trace trace =
      trace_from_json(law_here(), to_json(law_here(), to_trace(model, "iommufd.law", GetParam(), *report.difference)));
  Session session(model, *port);
  for (std::size_t i = 0; i + 1 < trace.steps.size(); ++i) {
    ASSERT_EQ(session.step(trace.steps[i].call), Session::Verdict::agrees) << text;
  }
  EXPECT_NE(session.step(trace.steps.back().call), Session::Verdict::agrees) << text;
}

INSTANTIATE_TEST_SUITE_P(HwReference, Defects, testing::ValuesIn(defect_ports()),
                         [](const auto& one) { return one.param.substr(one.param.find(':') + 1); });

TEST(Differ, finds_nothing_in_hw_reference) {
  const Model model(law_here());
  const std::unique_ptr<Port> port = make_hw_reference_port();
  const DiffReport report = run_diff(model, *port, {7, 50'000, {}});
  EXPECT_FALSE(report.difference) << to_text(model, "hw_reference", *report.difference);
  EXPECT_EQ(report.steps, 50'000U);
  EXPECT_GT(report.reached.size(), report.missed.size());
}

TEST(Differ, is_decided_by_its_seed) {
  const Model model(law_here());
  const std::string name = defect_ports().front();
  std::vector<Sequence> sequences;
  std::vector<std::uint64_t> steps;
  for (int i = 0; i < 2; ++i) {
    const DiffReport report = run_diff(model, *make_port(name), {5, kStepsPerDefect, {}});
    ASSERT_TRUE(report.difference);
    sequences.push_back(report.difference->sequence);
    steps.push_back(report.steps);
  }
  EXPECT_EQ(sequences[0], sequences[1]);
  EXPECT_EQ(steps[0], steps[1]);
}

}  // namespace
}  // namespace iolaw
