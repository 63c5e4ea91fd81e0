// SPDX-License-Identifier: Apache-2.0
#include "model/format/format.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "model/format/scan.hpp"

namespace iolaw {
namespace {

// All tokens of a text, without the layout between them.
std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    for (const layout::Token& token : layout::scan_line(line)) out.emplace_back(token.text);
  }
  return out;
}

TEST(Format, aligns_failure_tables_and_comments) {
  EXPECT_EQ(format_law("rule a.b(x:u64){\n"
                       "fails EINVAL [length] when x==0\n"
                       "  fails  EOVERFLOW [wrap] when overflows (x+1)// too long\n"
                       "      and x > 3\n"
                       "}\n\n\n"
                       "object A{\n"
                       "a:u64 // one\n"
                       "longer_name : u64   // two\n"
                       "}"),
            "rule a.b(x: u64) {\n"
            "  fails EINVAL    [length] when x == 0\n"
            "  fails EOVERFLOW [wrap]   when overflows(x + 1)  // too long\n"
            "      and x > 3\n"
            "}\n\n"
            "object A {\n"
            "  a: u64            // one\n"
            "  longer_name: u64  // two\n"
            "}\n");
}

TEST(Format, keeps_the_lines_of_long_formulas) {
  const std::string text =
      "invariant a.b \"Two lines\":\n"
      "  all a: A, x in a.span:\n"
      "    a.at[x] is some b\n"
      "    and not b.dying\n";
  EXPECT_EQ(format_law(text), text);
}

TEST(Format, the_law_is_formatted) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SPEC_DIR)) {
    if (entry.path().extension() != ".law") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_EQ(format_law(text), text) << entry.path() << ": run iolaw fmt on it";
  }
}

TEST(Format, is_idempotent_and_loses_nothing) {
  const std::vector<std::string> pieces = {"rule", "fails", "EINVAL", "[", "]",     "when", "x",    "..", "+",
                                           "{",    "}",     "(",      ")", "// c ", "\n",   "\n\n", "  ", ",",
                                           ":",    "\"t",   "\"",     "@", "0x1",   "a.b",  "'",    "\t"};
  EXPECT_TRUE(rc::check("any text", [&pieces] {
    const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces));
    std::string text;
    for (const std::string& word : words) text += word + (word == "\n" ? "" : " ");
    const std::string once = format_law(text);
    RC_ASSERT(tokens_of(once) == tokens_of(text));
    RC_ASSERT(format_law(once) == once);
  }));
}

}  // namespace
}  // namespace iolaw
