// SPDX-License-Identifier: Apache-2.0
// The differ against ports that are wrong on purpose.
#include <gtest/gtest.h>

#include "checker/differ/diff.hpp"
#include "checker/differ/test/fixture.hpp"
#include "checker/differ/test/lying_port.hpp"

namespace iolaw {
namespace {

DiffReport diff_with(Lie lie) {
  const Model model(law_here());
  LyingPort port(lie);
  return run_diff(model, port, {1, 5'000, {}, {}});
}

TEST(LyingPort, a_wrong_errno_needs_three_calls) {
  const DiffReport report = diff_with(Lie::error);
  ASSERT_TRUE(report.difference);
  EXPECT_TRUE(report.confirmed);
  EXPECT_EQ(report.difference->sequence.size(), 3U);
  EXPECT_EQ(report.difference->finding.verdict, Session::Verdict::differs);
}

TEST(LyingPort, a_wrong_result_needs_a_mapping) {
  const DiffReport report = diff_with(Lie::result);
  ASSERT_TRUE(report.difference);
  // Allocate, map, unmap; or what is mapped is a file, which must be opened before.
  EXPECT_LE(report.difference->sequence.size(), 4U);
  EXPECT_FALSE(report.difference->finding.reasons.empty());
}

TEST(LyingPort, a_death_is_a_difference) {
  const DiffReport report = diff_with(Lie::death);
  ASSERT_TRUE(report.difference);
  EXPECT_EQ(report.difference->finding.verdict, Session::Verdict::broken);
  const Model model(law_here());
  EXPECT_EQ(to_trace(model, "iommufd.law", "liar", *report.difference).steps.size(), 3U);
}

// A call that the port cannot make changes nothing on either side, so the model went one step too far in this port
// alone: the differ must say which rule it could not call.
TEST(LyingPort, a_refusal_is_reported) {
  const DiffReport report = diff_with(Lie::refusal);
  ASSERT_EQ(report.unsupported.size(), 1U);
  EXPECT_EQ(report.unsupported.front(), "ioas.map: not today");
}

}  // namespace
}  // namespace iolaw
