// SPDX-License-Identifier: Apache-2.0
// A suite that begins with an earlier one.
#include "checker/generate/kept_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "checker/generate/read_cases.hpp"
#include "checker/generate/rule_digest.hpp"
#include "checker/generate/suite.hpp"
#include "checker/generate/target.hpp"
#include "checker/generate/test/small_law.hpp"

namespace iolaw {
namespace {

Suite suite_after(const Law& law, KeptSuite earlier, unsigned threads = 1, bool search = false) {
  GenerateOptions options = small_options();
  options.threads = threads;
  options.earlier = std::move(earlier);
  options.search = search;
  return generate_suite(Model(law), options);
}

std::string lines_of(const Law& law, const Suite& suite) {
  return jsonl_target().write(law, "small.law", suite).front().text;
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

std::set<std::string> ids_of(const Suite& suite) {
  std::set<std::string> ids;
  for (const Case& one : suite.cases) ids.insert(one.id);
  return ids;
}

class Kept : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Law law = parse_text(kSmallLaw);
    text_ = new std::string(lines_of(law, suite_after(law, {})));
  }
  static void TearDownTestSuite() {
    delete text_;
    text_ = nullptr;
  }
  static const std::string& text() { return *text_; }

 private:
  static std::string* text_;
};

std::string* Kept::text_ = nullptr;

TEST_F(Kept, suite_gives_itself_again_without_a_search) {
  const Law law = parse_text(kSmallLaw);
  for (const unsigned threads : {1U, 3U}) {
    const Suite again = suite_after(law, read_kept(law, text()), threads);
    EXPECT_EQ(again.rules_searched, 0U);
    EXPECT_TRUE(again.lost.empty());
    EXPECT_EQ(again.kept, again.cases.size());
    EXPECT_EQ(lines_of(law, again), text());
  }
}

TEST_F(Kept, suite_loses_nothing_by_another_search) {
  const Law law = parse_text(kSmallLaw);
  const Suite before = suite_after(law, read_kept(law, text()));
  const Suite after = suite_after(law, read_kept(law, text()), 1, true);
  EXPECT_EQ(after.rules_searched, law.rules.size());
  ASSERT_EQ(after.table.size(), before.table.size());
  for (std::size_t i = 0; i < after.table.size(); ++i) EXPECT_GE(after.table[i].covered, before.table[i].covered);
  EXPECT_GE(after.slips, before.slips);
  EXPECT_GE(after.circumstances, before.circumstances);
  EXPECT_LE(after.survivors.size(), before.survivors.size());
}

TEST_F(Kept, case_that_is_missing_is_searched_for) {
  const Law law = parse_text(kSmallLaw);
  KeptSuite earlier = read_kept(law, text());
  const std::size_t had = earlier.cases.size();
  std::erase_if(earlier.cases, [](const KeptCase& one) { return one.id == "space.add.overlap"; });
  ASSERT_LT(earlier.cases.size(), had);
  const Suite again = suite_after(law, std::move(earlier));
  EXPECT_GT(again.rules_searched, 0U);
  EXPECT_TRUE(again.uncovered.empty());
  EXPECT_EQ(ids_of(again).count("space.add.overlap"), 1U);
}

TEST_F(Kept, cases_of_a_rule_that_says_otherwise_are_told_and_searched_for) {
  const std::string edited = with(kSmallLaw, "fails EEXIST    [overlap]", "fails EBUSY     [taken]");
  const Law law = parse_text(edited);
  const Suite again = suite_after(law, read_kept(law, text()));
  EXPECT_GT(again.rules_searched, 0U);
  EXPECT_LT(again.rules_searched, law.rules.size());
  EXPECT_NE(std::find(again.lost.begin(), again.lost.end(), "space.add.overlap"), again.lost.end());
  EXPECT_TRUE(again.uncovered.empty());
  EXPECT_EQ(ids_of(again).count("space.add.taken"), 1U);
  const Suite third = suite_after(law, read_kept(law, lines_of(law, again)));
  EXPECT_EQ(third.rules_searched, 0U);
  EXPECT_EQ(lines_of(law, third), lines_of(law, again));
}

TEST_F(Kept, suite_does_not_decay_when_a_rule_is_edited_and_edited_back) {
  const Law law = parse_text(kSmallLaw);
  const Law edited = parse_text(with(kSmallLaw, "fails EEXIST    [overlap]", "fails EBUSY     [taken]"));
  const std::string between = lines_of(edited, suite_after(edited, read_kept(edited, text())));
  const Suite back = suite_after(law, read_kept(law, between));
  const Suite before = suite_after(law, read_kept(law, text()));
  ASSERT_EQ(back.table.size(), before.table.size());
  for (std::size_t i = 0; i < back.table.size(); ++i) EXPECT_GE(back.table[i].covered, before.table[i].covered);
  EXPECT_LE(back.survivors.size(), before.survivors.size());
}

TEST_F(Kept, cases_with_rules_that_are_no_more_are_told) {
  std::string edited = kSmallLaw;
  for (std::size_t at = 0; (at = edited.find("space.open", at)) != std::string::npos; at += 10) {
    edited.replace(at, 10, "space.make");
  }
  const Law law = parse_text(edited);
  const KeptSuite earlier = read_kept(law, text());
  EXPECT_FALSE(earlier.foreign.empty());
  const Suite again = suite_after(law, earlier);
  EXPECT_GE(again.lost.size(), earlier.foreign.size());
  EXPECT_TRUE(again.uncovered.empty());
}

TEST_F(Kept, cases_that_are_none_are_refused_with_their_line) {
  const Law law = parse_text(kSmallLaw);
  const auto why = [&](const std::string& lines) -> std::string {
    try {
      read_kept(law, lines);
    } catch (const CaseFileError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(why("{}\n").rfind("line 1: ", 0), 0U);
  EXPECT_EQ(why(text().substr(0, text().find('\n') + 1) + "nonsense\n").rfind("line 2: ", 0), 0U);
  EXPECT_EQ(why(with(text(), R"("calls":)", R"("calls":9)")).rfind("line 2: ", 0), 0U);
}

TEST(RuleDigest, is_of_what_a_rule_says) {
  const Law law = parse_text(kSmallLaw);
  const std::vector<std::uint64_t> digests = rule_digests(law);
  EXPECT_EQ(rule_digests(parse_text("// A comment.\n" + std::string(kSmallLaw))), digests);
  const std::vector<std::uint64_t> others =
      rule_digests(parse_text(with(kSmallLaw, "fails EEXIST    [overlap]", "fails EBUSY    [overlap]")));
  ASSERT_EQ(others.size(), digests.size());
  for (std::size_t i = 0; i < digests.size(); ++i) {
    EXPECT_EQ(others[i] != digests[i], law.rules[i].name == "space.add") << law.rules[i].name;
  }
}

}  // namespace
}  // namespace iolaw
