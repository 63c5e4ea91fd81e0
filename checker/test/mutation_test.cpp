// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

std::vector<MutantVerdict> judge(const std::string& invariant) {
  Parsed parsed = parse_law_texts({{"cup.law", R"(
object Cup { level: u64 }
rule cup.make() -> cup: Cup { then cup = new Cup { level = 0 } }
rule cup.pour(cup: Cup, drops: u64) {
  fails ENOENT [cup] unless cup lives
  fails EOVERFLOW [wrap] when overflows(cup.level + drops)
  fails ENOSPC [full] when cup.level + drops > 10
  then cup.level = cup.level + drops
}
)" + invariant}});
  if (!parsed.law) throw std::runtime_error("the law is wrong");
  return mutate_and_prove(*parsed.law, {});
}

std::size_t count(const std::vector<MutantVerdict>& verdicts, MutantVerdict::Tag tag) {
  return static_cast<std::size_t>(std::count_if(verdicts.begin(), verdicts.end(),
                                                [&](const MutantVerdict& verdict) { return verdict.tag == tag; }));
}

const MutantVerdict* find(const std::vector<MutantVerdict>& verdicts, const std::string& text) {
  for (const MutantVerdict& verdict : verdicts) {
    if (verdict.text.find(text) != std::string::npos) return &verdict;
  }
  return nullptr;
}

TEST(Mutation, PropertyCatchesWhatItDemands) {
  const auto verdicts = judge("invariant cup.dry \"Cups do not spill\": all c: Cup: c.level <= 10\n");
  const MutantVerdict* dropped = find(verdicts, "[full] when cup.level + drops > 10` never applies");
  ASSERT_NE(dropped, nullptr);
  EXPECT_EQ(dropped->tag, MutantVerdict::Tag::caught);
  EXPECT_EQ(dropped->by, "cup.pour / cup.dry");
  // Nothing says that pouring fills.
  const MutantVerdict* idle = find(verdicts, "without `cup.level = cup.level + drops`");
  ASSERT_NE(idle, nullptr);
  EXPECT_EQ(idle->tag, MutantVerdict::Tag::survives);
  // The order of two failures is no matter of what succeeds.
  const MutantVerdict* order = find(verdicts, "comes before");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->tag, MutantVerdict::Tag::unseen);
}

TEST(Mutation, StrongerPropertiesCatchMore) {
  const std::string dry = "invariant cup.dry \"Cups do not spill\": all c: Cup: c.level <= 10\n";
  const std::string fills =
      "step cup.pour.fills \"Pouring fills\" on cup.pour: after(cup lives) and after(cup.level) == cup.level + drops\n";
  EXPECT_GT(count(judge(dry + fills), MutantVerdict::Tag::caught), count(judge(dry), MutantVerdict::Tag::caught));
  EXPECT_EQ(count(judge(""), MutantVerdict::Tag::refused), 0U);
}

}  // namespace
}  // namespace iolaw
