// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

using Tag = MutantVerdict::Tag;

const std::string kCup = R"(
object Cup { level: u64 }
rule cup.make() -> cup: Cup { then cup = new Cup { level = 0 } }
rule cup.pour(cup: Cup, drops: u64) {
  fails ENOENT [cup] unless cup lives
  fails EOVERFLOW [wrap] when overflows(cup.level + drops)
  fails ENOSPC [full] when cup.level + drops > 10
  then cup.level = cup.level + drops
}
probe cup.level(cup: Cup) -> level: u64 {
  unspecified [cup] unless cup lives
  result level = cup.level
}
)";
const std::string kDry = "invariant cup.dry \"Cups do not spill\": all c: Cup: c.level <= 10\n";

Law parse(const std::string& text) {
  Parsed parsed = parse_law_texts({{"cup.law", text}});
  if (!parsed.law) throw std::runtime_error("the law is wrong");
  return std::move(*parsed.law);
}

MutationReport judge(const std::string& invariant, MutationOptions options = {}) {
  return mutate_and_judge(parse(kCup + invariant), options);
}

// A case of one cup: made, filled by each of `drops` in turn, and looked at.
RecordedCase pours(const std::vector<Word>& drops) {
  RecordedCase one{"pours", {{0, {}}}};
  const Argument cup{kNone, 0, 0};
  for (const Word word : drops) one.sequence.push_back({1, {cup, {word, Argument::kNoStep, 0}}});
  one.sequence.push_back({2, {cup}});
  return one;
}

const MutantVerdict* find(const MutationReport& report, const std::string& text) {
  for (const MutantVerdict& verdict : report.mutants) {
    if (verdict.text.find(text) != std::string::npos) return &verdict;
  }
  return nullptr;
}

TEST(Mutation, PropertyRefutesWhatItForbids) {
  const MutationReport report = judge(kDry);
  const MutantVerdict* dropped = find(report, "[full] when cup.level + drops > 10` never applies");
  ASSERT_NE(dropped, nullptr);
  EXPECT_EQ(dropped->tag, Tag::refuted);
  EXPECT_EQ(dropped->proof, "cup.pour / cup.dry");
  EXPECT_EQ(dropped->by_case, "");
  // Nothing says that pouring fills.
  const MutantVerdict* idle = find(report, "without `cup.level = cup.level + drops`");
  ASSERT_NE(idle, nullptr);
  EXPECT_EQ(idle->tag, Tag::survives);
}

TEST(Mutation, WhatALittleBudgetLeftOpenIsAskedAgainWithMore) {
  MutationOptions options;
  options.cache = testing::TempDir() + "iolaw_mutation_budget";
  std::filesystem::remove_all(options.cache);
  options.budget.resources = 1;
  EXPECT_EQ(judge(kDry, options).count(Tag::refuted), 0U);
  options.budget = MutationOptions{}.budget;
  const MutationReport report = judge(kDry, options);
  EXPECT_EQ(report.score(), judge(kDry).score());
  EXPECT_GT(report.score(), 0.0);
  std::filesystem::remove_all(options.cache);
}

TEST(Mutation, ACaseRefutesWhatAnswersOtherwise) {
  MutationOptions options;
  options.cases = {pours({10}), pours({11})};
  const MutationReport report = judge(kDry, options);
  const MutantVerdict* idle = find(report, "without `cup.level = cup.level + drops`");
  ASSERT_NE(idle, nullptr);
  EXPECT_EQ(idle->tag, Tag::refuted);
  EXPECT_EQ(idle->by_case, "pours");
  EXPECT_EQ(idle->proof, "");
  EXPECT_GT(report.score(), report.score_by_proofs());
  EXPECT_EQ(report.score_by_proofs(), judge(kDry).score_by_proofs());
}

TEST(Mutation, CasesAreReadAsTheyWereWritten) {
  const Law law = parse(kCup + kDry);
  const Model model(law);
  const std::string head = "{\"format\": \"iolaw cases\"}\n";
  const std::string made =
      R"({"case": "c", "number": 2, "steps": [{"call": "cup.make", "arguments": {}, "ok": {"cup": "cup0"}}, )";
  const auto pour = [](const std::string& drops, const std::string& end) {
    return R"({"call": "cup.pour", "arguments": {"cup": "cup0", "drops": ")" + drops + "\"}, " + end + "}]}\n";
  };
  const std::vector<RecordedCase> read =
      read_cases(model, head + made + pour("0xa", R"("ok": {})") + made + pour("0xb", R"("fails": ["ENOSPC"])"));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, "c_2");
  ASSERT_EQ(read[0].sequence.size(), 2U);
  EXPECT_EQ(read[0].sequence[1].arguments[0].step, 0);
  EXPECT_EQ(read[0].sequence[1].arguments[1].word, 10U);

  const auto why = [&](const std::string& text) -> std::string {
    try {
      read_cases(model, text);
    } catch (const CaseFileError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(why(head + made + pour("0xb", R"("ok": {})")).find("line 2: c_2: step 1 ends otherwise"),
            std::string::npos);
  EXPECT_NE(why(head + made + pour("11", R"("ok": {})")).find("is no number"), std::string::npos);
  EXPECT_NE(why("{}\n").find("no file of cases"), std::string::npos);
  EXPECT_NE(why("nonsense").find("line 1"), std::string::npos);
  EXPECT_NE(why("").find("no case"), std::string::npos);
}

TEST(Mutation, AConditionReadBeforeItsObjectIsKnownToLiveIsRefuted) {
  const MutationReport report = judge(kDry);
  const MutantVerdict* order = find(report, "[full] when cup.level + drops > 10` comes before `fails ENOENT [cup]");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->tag, Tag::refuted);
  EXPECT_EQ(order->proof, "cup.pour / reads.exist");
}

// None is nobody to a solver, and nobody is not the other cup: only that none cannot be read tells the two.
const std::string kFriends = R"(
object Cup { friend: maybe Cup }
def likes(cup: Cup, other: Cup) -> bool = cup.friend is some and the cup.friend == other
rule cup.make() -> cup: Cup { then cup = new Cup { friend = none } }
rule cup.meet(cup: Cup, other: Cup) {
  fails ENOENT [cup] unless cup lives
  fails ENOENT [other] unless other lives
  fails EEXIST [same] when cup.friend is some and the cup.friend == other
  then cup.friend = other
}
)";

TEST(Mutation, WhatReadsNoneDoesNotMeanTheSame) {
  const MutationReport report = mutate_and_judge(parse(kFriends), {});
  const MutantVerdict* unguarded = find(report, "without `cup.friend is some`");
  ASSERT_NE(unguarded, nullptr);
  EXPECT_EQ(unguarded->tag, Tag::refuted);
  EXPECT_EQ(unguarded->proof, "cup.meet / reads.exist");
}

TEST(Mutation, ADefThatReadsNoneIsRefutedByAProbe) {
  // The rule reads it of those alone who have a friend.
  const MutationReport report = mutate_and_judge(parse(kFriends + R"(
rule cup.part(cup: Cup, other: Cup) {
  fails ENOENT [cup] unless cup lives
  fails ENOENT [other] unless other lives
  fails EINVAL [stranger] when cup.friend is some and not likes(cup, other)
  then cup.friend = none
}
probe cup.likes(cup: Cup, other: Cup) -> likes: bool {
  unspecified [lives] unless cup lives and other lives
  result likes = likes(cup, other)
}
)"),
                                                 {});
  const MutantVerdict* unguarded = find(report, "def likes: with `cup.friend is some` taken for true");
  ASSERT_NE(unguarded, nullptr);
  EXPECT_EQ(unguarded->tag, Tag::refuted);
  EXPECT_EQ(unguarded->proof, "cup.likes / reads.exist");
}

TEST(Mutation, WhatMeansTheSameIsProvedSo) {
  // A full cup is told by its level or by what would be in it: whoever drops the first half changes nothing.
  const MutationReport report = mutate_and_judge(parse(R"(
object Cup { level: u64 }
rule cup.make() -> cup: Cup { then cup = new Cup { level = 0 } }
rule cup.fill(cup: Cup) {
  fails ENOENT [cup] unless cup lives
  fails ENOSPC [full] when cup.level >= 10 or cup.level + 5 > 10
  then cup.level = cup.level + 5
}
invariant cup.dry "Cups do not spill": all c: Cup: c.level <= 10
)"),
                                                 {});
  const MutantVerdict* same = find(report, "without `cup.level >= 10`");
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(same->tag, Tag::equivalent);
  const MutantVerdict* other = find(report, "without `cup.level + 5 > 10`");
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->tag, Tag::refuted);
}

TEST(Mutation, ADefThatMeansTheSameDoesSoInEveryRuleAndProbe) {
  const std::string law = R"(
object Cup { level: u64 }
def is_full(cup: Cup) -> bool = cup.level == 10 or cup.level > 9
rule cup.make() -> cup: Cup { then cup = new Cup { level = 0 } }
rule cup.drop(cup: Cup) {
  fails ENOENT [cup] unless cup lives
  fails ENOSPC [full] when is_full(cup)
  then cup.level = 0
}
)";
  const MutationReport report = mutate_and_judge(parse(law), {});
  ASSERT_NE(find(report, "without `cup.level == 10`"), nullptr);
  EXPECT_EQ(find(report, "without `cup.level == 10`")->tag, Tag::equivalent);
  EXPECT_EQ(find(report, "without `cup.level > 9`")->tag, Tag::survives);
  const MutationReport dry = mutate_and_judge(parse(law + kDry), {});
  EXPECT_EQ(find(dry, "without `cup.level > 9`")->tag, Tag::equivalent);
}

TEST(Mutation, LoopsMeanTheSameIfEachPieceDoes) {
  const MutationReport report = mutate_and_judge(parse(R"(
object Shelf {}
object Cup { in shelf: Shelf  number: u64 level: u64 }
rule shelf.check(shelf: Shelf) {
  fails ENOENT [shelf] unless shelf lives
  each c: Cup in shelf ascending c.number {
    fails EIO [odd] when c.level == 1 and c.level < 3
  }
}
rule shelf.empty(shelf: Shelf) {
  fails ENOENT [shelf] unless shelf lives
  each c: Cup in shelf ascending c.number {
    fails EBUSY [full] when c.level > 5 or c.level == 7
    then destroy c
  }
}
)"),
                                                 {});
  ASSERT_NE(find(report, "shelf.check: with `c.level == 1 and c.level < 3` without `c.level < 3`"), nullptr);
  EXPECT_EQ(find(report, "without `c.level < 3`")->tag, Tag::equivalent);
  EXPECT_NE(find(report, "without `c.level == 1`")->tag, Tag::equivalent);
  // All failures of that loop are the same, so that their order is no matter.
  EXPECT_EQ(find(report, "shelf.check: its loop goes from the highest to the lowest")->tag, Tag::equivalent);
  EXPECT_NE(find(report, "shelf.empty: its loop goes from the highest to the lowest")->tag, Tag::equivalent);
  EXPECT_EQ(find(report, "without `c.level == 7`")->tag, Tag::equivalent);
  EXPECT_NE(find(report, "without `c.level > 5`")->tag, Tag::equivalent);
}

TEST(Mutation, DeclarationsAreCheckedAndCounted) {
  MutationOptions options;
  options.declared = read_declared_mutants(
      "# Equivalent\n\n## Nobody looks\n\n```\ncup.pour: without `cup.level = cup.level + drops`\n```\n\n## Wrong\n\n"
      "```\ncup.pour: `fails ENOSPC [full] when cup.level + drops > 10` never applies\nno such mutant\n```\n");
  const MutationReport report = judge(kDry, options);
  const MutantVerdict* idle = find(report, "without `cup.level = cup.level + drops`");
  ASSERT_NE(idle, nullptr);
  EXPECT_EQ(idle->tag, Tag::declared);
  EXPECT_EQ(idle->reason, "Nobody looks");
  ASSERT_EQ(report.needless.size(), 2U);
  EXPECT_NE(report.needless[0].find("but refuted"), std::string::npos);
  EXPECT_NE(report.needless[1].find("no such mutant"), std::string::npos);
}

TEST(Mutation, StrongerPropertiesRefuteMore) {
  const std::string fills =
      "step cup.pour.fills \"Pouring fills\" on cup.pour: after(cup lives) and after(cup.level) == cup.level + drops\n";
  EXPECT_GT(judge(kDry + fills).by_proof(), judge(kDry).by_proof());
  EXPECT_EQ(judge("").count(Tag::refused), 0U);
}

TEST(Mutation, ASampleIsPartOfTheWhole) {
  MutationOptions options;
  options.every = 3;
  const MutationReport whole = judge(kDry);
  const MutationReport sample = judge(kDry, options);
  ASSERT_EQ(sample.mutants.size(), (whole.mutants.size() + 2) / 3);
  for (std::size_t i = 0; i < sample.mutants.size(); ++i) {
    EXPECT_EQ(sample.mutants[i].text, whole.mutants[3 * i].text);
    EXPECT_EQ(sample.mutants[i].tag, whole.mutants[3 * i].tag);
  }
}

}  // namespace
}  // namespace iolaw
