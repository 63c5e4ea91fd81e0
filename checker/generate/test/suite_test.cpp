// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/generate/hunt.hpp"
#include "checker/generate/target.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

TEST(Suite, reaches_every_outcome) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const Suite suite = generate_suite(model, small_options());
  EXPECT_TRUE(suite.uncovered.empty());
  for (const Goal& goal : list_goals(law)) {
    const bool stands = std::any_of(suite.cases.begin(), suite.cases.end(),
                                    [&](const Case& one) { return one.id == goal.id && one.number == 1; });
    EXPECT_TRUE(stands) << goal.id;
  }
}

TEST(Suite, plays_on_the_model_as_it_says) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  for (const Case& one : generate_suite(model, small_options()).cases) {
    World world(law);
    const auto played = play(model, calls_of(one), world);
    ASSERT_TRUE(played) << one.id;
    for (std::size_t i = 0; i < one.steps.size(); ++i) EXPECT_EQ((*played)[i].branch, one.steps[i].branch) << one.id;
  }
}

TEST(Suite, has_short_cases) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  for (const Case& one : generate_suite(model, small_options()).cases) {
    if (one.number != 1) continue;
    if (one.id == "space.add.overlap") {
      EXPECT_EQ(one.subject, 2U);  // open, add, add
    } else if (one.id == "space.add.space") {
      EXPECT_EQ(one.subject, 0U);
    }
  }
}

// The closed end: a mapping that begins on the last byte of another, and one that begins right behind it.
TEST(Suite, tests_both_sides_of_the_overlap) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  const Suite suite = generate_suite(model, small_options());
  EXPECT_GT(suite.mutants, 20U);
  const bool survives = std::any_of(suite.survivors.begin(), suite.survivors.end(), [](const std::string& text) {
    return text.starts_with("space.add: with `overlaps(r.span, span)` not where");
  });
  EXPECT_FALSE(survives);
}

TEST(Suite, is_the_same_every_time) {
  const Law law = parse_text(kSmallLaw);
  const auto text = [&] {
    const Model model(law);
    std::string all;
    for (const GeneratedFile& file : gtest_target().write(law, "small.law", generate_suite(model, small_options()))) {
      all += file.name + '\n' + file.text;
    }
    return all;
  };
  EXPECT_EQ(text(), text());
}

TEST(Suite, reports_what_it_cannot_reach) {
  const Law law = parse_text(R"(
object Thing { n: u64 }
rule thing.make(n: u64) -> thing: Thing {
  fails EINVAL [zero] when n == 0
  fails EDOM   [never] when n < 0
  then thing = new Thing { n }
}
)");
  const Model model(law);
  const Suite suite = generate_suite(model, small_options());
  EXPECT_EQ(suite.uncovered, std::vector<std::string>{"thing.make.never"});
  EXPECT_EQ(suite.goals, 3U);
}

// What the generator promises about its files: nothing of the machine, lines that fit.
TEST(GtestTarget, writes_narrow_lines) {
  const Law law = parse_text(kSmallLaw);
  const Model model(law);
  for (const GeneratedFile& file : gtest_target().write(law, "small.law", generate_suite(model, small_options()))) {
    std::size_t column = 0;
    for (const char c : file.text) {
      column = c == '\n' ? 0 : column + 1;
      ASSERT_LE(column, 120U) << file.name;
    }
  }
}

}  // namespace
}  // namespace iolaw
