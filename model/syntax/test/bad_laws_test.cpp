// SPDX-License-Identifier: Apache-2.0
// Every file of bad/ carries what is to be said about it: `//! LAW0020 message` at the end of the line, one or more.
// The message must begin with that text; nothing else may be said.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "model/diagnostics/codes.hpp"
#include "model/law/parse.hpp"
#include "model/syntax/test/bad_laws.hpp"

namespace iolaw {
namespace {

struct Expectation {
  std::uint32_t line = 0;
  std::string text;  // "LAW0020 nothing here is named"
};

std::vector<Expectation> expectations(const std::string& text) {
  std::vector<Expectation> result;
  std::uint32_t line = 1;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::size_t mark = text.find("//! ", begin);
    while (mark < end) {
      const std::size_t next = std::min(text.find(" //! ", mark + 1), end);
      result.push_back({line, text.substr(mark + 4, next - mark - 4)});
      mark = next == end ? end : next + 1;
    }
    begin = end + 1;
    ++line;
  }
  return result;
}

class BadLaw : public testing::TestWithParam<std::string> {};

TEST_P(BadLaw, IsToldWhatItExpects) {
  const Parsed parsed = parse_law(GetParam());
  EXPECT_FALSE(parsed.law);
  std::vector<Expectation> expected = expectations(parsed.files.front().text);
  EXPECT_FALSE(expected.empty());
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    const std::uint32_t line = position_of(parsed.files[diagnostic.span.file], diagnostic.span.begin).line;
    const std::string said = code_name(diagnostic.code) + " " + diagnostic.message;
    const auto found = std::find_if(expected.begin(), expected.end(), [&](const Expectation& e) {
      return e.line == line && said.compare(0, e.text.size(), e.text) == 0;
    });
    if (found == expected.end()) {
      ADD_FAILURE() << "nobody expects:\n" << render(diagnostic, parsed.files, false);
    } else {
      expected.erase(found);
    }
  }
  for (const Expectation& missing : expected) {
    ADD_FAILURE() << GetParam() << ":" << missing.line << ": not told: " << missing.text;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, BadLaw, testing::ValuesIn(bad_laws()),
                         [](const auto& file) { return std::filesystem::path(file.param).stem().string(); });

// Codes that no law of bad/ can have: no file, no text, what is too large to read, what only the evaluator finds. Other
// tests meet them.
constexpr Code kElsewhere[] = {Code::cannot_read, Code::empty_law, Code::too_deep, Code::axiom_fails};

TEST(BadLaws, MeetEveryCode) {
  std::set<std::string> met;
  for (const std::string& file : bad_laws()) {
    for (const Expectation& expected : expectations(parse_law(file).files.front().text)) {
      met.insert(expected.text.substr(0, expected.text.find(' ')));
    }
  }
  for (const CodePage& page : code_pages()) {
    const bool elsewhere = std::find(std::begin(kElsewhere), std::end(kElsewhere), page.code) != std::end(kElsewhere);
    const std::string name = code_name(static_cast<int>(page.code));
    EXPECT_TRUE(met.count(name) != 0 || elsewhere) << name << ": " << page.title;
  }
}

}  // namespace
}  // namespace iolaw
