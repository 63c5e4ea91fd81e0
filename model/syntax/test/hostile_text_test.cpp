// SPDX-License-Identifier: Apache-2.0
// Text that nobody would write: it gets a located diagnostic, in time and without a crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "model/diagnostics/codes.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

Parsed parse(const std::string& text) { return parse_law_texts({{"hostile.law", text}}); }

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::string invariant(const std::string& formula) { return "invariant x.y \"t\": " + formula + "\n"; }

void expect_only(const Parsed& parsed, Code code) {
  EXPECT_FALSE(parsed.law);
  ASSERT_FALSE(parsed.diagnostics.empty());
  EXPECT_EQ(parsed.diagnostics.front().code, static_cast<int>(code)) << parsed.diagnostics.front().message;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    const std::string shown = render(diagnostic, parsed.files, true);
    EXPECT_LT(shown.size(), 4096U);
    for (const char c : shown) EXPECT_TRUE(c == '\n' || c == '\x1b' || static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST(HostileText, NothingAtAll) {
  expect_only(parse(""), Code::empty_law);
  expect_only(parse("\n\n  // only a comment"), Code::empty_law);
  expect_only(parse_law_texts({}), Code::cannot_read);
  expect_only(parse_law("/no/such/file.law"), Code::cannot_read);
  expect_only(parse_law("/"), Code::cannot_read);
}

TEST(HostileText, DefsThatCallDefsWithoutEnd) {
  constexpr int kDefs = 30'000;
  const auto def = [](int i, int callee) {
    return "def d" + std::to_string(i) + "(x: u64) -> bool = d" + std::to_string(callee) + "(x) and x > 0\n";
  };
  std::string up = "def d0(x: u64) -> bool = x > 0\n";
  std::string down;
  for (int i = 1; i < kDefs; ++i) {
    up += def(i, i - 1);
    down += def(i - 1, i);
  }
  down += "def d" + std::to_string(kDefs - 1) + "(x: u64) -> bool = x > 0\n";
  const std::string use = "given g(x: u64) -> bool = d29999(x)\ninvariant a.b \"A\": all x: u64: d29999(x) or d0(x)\n";
  expect_only(parse(up + use), Code::too_deep);
  expect_only(parse(down + use), Code::too_deep);
}

TEST(HostileText, ALineOfAMegabyte) {
  const std::size_t size = 1U << 20U;
  expect_only(parse(repeat("a", size)), Code::stray_text);
  expect_only(parse("const A: u64 = " + repeat("1", size)), Code::number_too_large);
  expect_only(parse("const A: u64 = " + repeat("a", size)), Code::unknown_name);
  expect_only(parse("invariant x.y \"" + repeat("é", size / 2)), Code::unterminated_text);
  expect_only(parse(invariant("true " + repeat("+ 1 ", size / 4))), Code::too_deep);
  expect_only(parse(invariant(repeat("true and ", size / 9) + "flase")), Code::unknown_name);
  EXPECT_TRUE(parse(invariant(repeat("true and ", size / 9) + "true")).law);
}

TEST(HostileText, DeepNesting) {
  const std::size_t depth = 100'000;
  for (const std::string open : {"(", "not ", "if ", "the ", "true implies ", "if true then true else ",
                                 "all x: u64: ", "min(", "a.at[", "all x in ", "some x: u64 where ", "-> ", "1 + ",
                                 "a.", "1..", "1 * ", "x is some and (", "true iff ", "not (true or "}) {
    SCOPED_TRACE(open);
    const Parsed parsed = parse(invariant(repeat(open, depth)));
    EXPECT_FALSE(parsed.law);
    EXPECT_FALSE(parsed.diagnostics.empty());
  }
  expect_only(parse(invariant(repeat("(", depth) + "true" + repeat(")", depth))), Code::too_deep);
  expect_only(parse(invariant(repeat("not ", 1000) + "true")), Code::too_deep);
  const std::string nested_loops = repeat("each a: A ascending 1 { ", depth);
  expect_only(parse("rule r() { " + nested_loops), Code::too_deep);
  EXPECT_TRUE(parse(invariant(repeat("(", 150) + "true" + repeat(")", 150))).law);
  EXPECT_TRUE(parse(invariant(repeat("not ", 150) + "true")).law);
}

TEST(HostileText, BytesThatAreNoText) {
  expect_only(parse("object A\x80 {}"), Code::invalid_utf8);
  expect_only(parse("\xc0\xaf"), Code::invalid_utf8);          // an overlong form
  expect_only(parse("\xed\xa0\x80"), Code::invalid_utf8);      // a surrogate
  expect_only(parse("\xf4\x90\x80\x80"), Code::invalid_utf8);  // beyond Unicode
  expect_only(parse("object A {} \xe2\x82"), Code::invalid_utf8);
  expect_only(parse(std::string("object A {}\0", 12)), Code::stray_text);
  expect_only(parse("object Ä {}"), Code::expected);
  expect_only(parse("\x1b[31m"), Code::stray_text);
}

// Prefixes of the real law, and the law with bytes changed: anything may be said, but it must come to an end.
TEST(HostileText, PiecesAndMutantsOfTheLaw) {
  std::ostringstream text;
  const std::filesystem::path root(IOLAW_SPEC);
  std::vector<std::filesystem::path> paths{root};
  for (const auto& entry : std::filesystem::directory_iterator(root.parent_path() / root.stem())) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin() + 1, paths.end());
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path);
    ASSERT_TRUE(file) << path;
    std::string line;
    while (std::getline(file, line)) {
      if (line.compare(0, 4, "use ") != 0) text << line << '\n';
    }
  }
  const std::string law = text.str();
  const Parsed whole = parse(law);
  for (const Diagnostic& diagnostic : whole.diagnostics) ADD_FAILURE() << render(diagnostic, whole.files, false);
  for (std::size_t size = 0; size < law.size(); size += 997) parse(law.substr(0, size));
  std::mt19937 random(20260731);
  const std::string bytes = "(){}[].:,=<>!|+-*/\"\n 09azAZ_\xff";
  for (int round = 0; round < 100; ++round) {
    std::string mutant = law;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % mutant.size();
      const std::size_t length = random() % 12;
      if (random() % 2 == 0) {
        mutant.erase(at, length);
      } else {
        mutant.insert(at, 1, bytes[random() % bytes.size()]);
      }
    }
    const Parsed parsed = parse(mutant);
    EXPECT_EQ(parsed.law.has_value(), parsed.diagnostics.empty());
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
      EXPECT_LE(diagnostic.span.begin, mutant.size());
      EXPECT_FALSE(render(diagnostic, parsed.files, false).empty());
      EXPECT_EQ(diagnostic.message.find("boost"), std::string::npos) << diagnostic.message;
    }
  }
}

}  // namespace
}  // namespace iolaw
