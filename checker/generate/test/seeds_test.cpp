// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/seeds.hpp"

#include <gtest/gtest.h>

#include "checker/generate/join.hpp"
#include "checker/generate/read_cases.hpp"
#include "checker/generate/test/small_law.hpp"
#include "checker/generate/twins.hpp"

namespace iolaw {
namespace {

Argument seed_number(Word word) { return {word, Argument::kNoStep, 0}; }

// open, add.
Sequence space_with_range() {
  return {{0, {}}, {1, {{kNone, 0, 0}, seed_number(0x1000), seed_number(0x1000), seed_number(1)}}};
}

TEST(Seeds, are_read_as_they_were_written) {
  const Law law = parse_text(kSmallLaw);
  Sequence absent = space_with_range();
  absent[1].arguments[0] = {kNone, Argument::kNoStep, 0};
  const std::string text = write_seeds(law, {{"one", space_with_range()}, {"two", absent}});
  EXPECT_NE(text.find(R"("arguments":{"space":"0.space","start":"0x1000","length":"0x1000","writable":true})"),
            std::string::npos)
      << text;
  std::size_t passed_over = 1;
  const std::vector<Seed> read = read_seeds(law, text, passed_over);
  EXPECT_EQ(passed_over, 0U);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].shows, "one");
  EXPECT_EQ(read[0].sequence, space_with_range());
  EXPECT_EQ(read[1].sequence, absent);
}

TEST(Seeds, of_another_law_are_passed_over) {
  const Law law = parse_text(kSmallLaw);
  const auto left = [&](const std::string& step) {
    std::size_t passed_over = 0;
    const std::string text = R"({"shows": "s", "steps": [{"call": "space.open", "arguments": {}}, )" + step + "]}\n";
    const std::vector<Seed> seeds = read_seeds(law, text, passed_over);
    EXPECT_EQ(seeds.size() + passed_over, 1U);
    return passed_over;
  };
  const std::string rest = R"("start": "0x0", "length": "0x1", "writable": false}})";
  EXPECT_EQ(left(R"({"call": "space.add", "arguments": {"space": "0.space", )" + rest), 0U);
  EXPECT_EQ(left(R"({"call": "space.grow", "arguments": {"space": "0.space", )" + rest), 1U);
  EXPECT_EQ(left(R"({"call": "space.add", "arguments": {"place": "0.space", )" + rest), 1U);
  EXPECT_EQ(left(R"({"call": "space.add", "arguments": {"space": "0.room", )" + rest), 1U);
  EXPECT_EQ(left(R"({"call": "space.add", "arguments": {"space": "0.space"}})"), 1U);
}

TEST(Seeds, that_are_none_are_refused_with_their_line) {
  const Law law = parse_text(kSmallLaw);
  const auto why = [&](const std::string& line) -> std::string {
    std::size_t passed_over = 0;
    try {
      read_seeds(law, write_seeds(law, {{"one", space_with_range()}}) + line + "\n", passed_over);
    } catch (const CaseFileError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(why("nonsense").rfind("line 2: ", 0), 0U);
  EXPECT_EQ(why(R"({"shows": "s"})").rfind("line 2: ", 0), 0U);
  EXPECT_NE(why(R"({"shows": "s", "steps": [{"call": "space.clear", "arguments": {"space": "7.space", "start": "0x0",
 "length": "0x0"}}]})")
                .find("line 2: "),
            std::string::npos);
}

TEST(Twins, are_made_in_the_same_way) {
  const Law law = parse_text(kSmallLaw);
  const std::vector<Sequence> twins = with_twins(law, space_with_range());
  ASSERT_EQ(twins.size(), 1U);
  ASSERT_EQ(twins[0].size(), 4U);
  EXPECT_EQ(twins[0][3].arguments[0].step, 2);
  EXPECT_EQ(twins[0][3].arguments[1].word, 0x1000U);
  const Sequence both = joined(space_with_range(), space_with_range());
  EXPECT_EQ(both, twins[0]);
}

}  // namespace
}  // namespace iolaw
