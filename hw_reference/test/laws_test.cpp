// SPDX-License-Identifier: Apache-2.0
// Whether laws.md is true: each law has one row; the tests that a row names exist and bear its number; and each test
// with a law's number in its name stands in that law's row. Tests are looked for in the sources.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

constexpr unsigned kLaws = 73;

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Visit>
void each_match(const std::string& text, const std::regex& pattern, const Visit& visit) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) visit(*at);
}

// law_17_18_a_thing, L17_L18_AThing.
std::set<unsigned> numbers_in(const std::string& name) {
  std::set<unsigned> numbers;
  std::smatch found;
  if (std::regex_search(name, found, std::regex(R"(^law((_\d+)+))"))) {
    const std::string list = found[1];
    each_match(list, std::regex(R"(\d+)"), [&](const std::smatch& n) { numbers.insert(std::stoul(n[0])); });
  } else if (std::regex_search(name, found, std::regex(R"(^((L\d+_)+))"))) {
    const std::string list = found[1];
    each_match(list, std::regex(R"(\d+)"), [&](const std::smatch& n) { numbers.insert(std::stoul(n[0])); });
  }
  return numbers;
}

// Suite.name of every test in the sources.
std::set<std::string> tests_in_sources() {
  const std::regex macro(R"(\n(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+))");
  std::set<std::string> tests;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(HW_REFERENCE_DIR)) {
    if (entry.path().extension() != ".cpp") continue;
    each_match(content(entry.path()), macro,
               [&](const std::smatch& test) { tests.insert(test[1].str() + "." + test[2].str()); });
  }
  return tests;
}

struct Row {
  std::set<std::string> tests;
  std::string why_not;
};

std::map<unsigned, Row> rows() {
  std::map<unsigned, Row> rows;
  each_match(content(std::filesystem::path(HW_REFERENCE_DIR) / "test" / "laws.md"),
             std::regex(R"(\n\| (\d+) \|([^|\n]*)\|([^|\n]*)\|)"), [&](const std::smatch& line) {
               const unsigned law = static_cast<unsigned>(std::stoul(line[1]));
               EXPECT_FALSE(rows.contains(law)) << "two rows for law " << law;
               Row& row = rows[law];
               const std::string last = line[3];
               each_match(last, std::regex(R"(`(\w+\.\w+)`)"),
                          [&](const std::smatch& test) { row.tests.insert(test[1]); });
               if (row.tests.empty()) row.why_not = last;
             });
  return rows;
}

TEST(Laws, EachHasARow) {
  const auto found = rows();
  for (unsigned law = 1; law <= kLaws; ++law) {
    ASSERT_TRUE(found.contains(law)) << "laws.md says nothing of law " << law;
    const Row& row = found.at(law);
    EXPECT_TRUE(!row.tests.empty() || row.why_not.find("not ") != std::string::npos)
        << "law " << law << " has neither a test nor a reason";
  }
  EXPECT_EQ(found.size(), kLaws);
}

TEST(Laws, TheTestsNamedExistAndBearTheNumber) {
  const auto tests = tests_in_sources();
  for (const auto& [law, row] : rows()) {
    for (const std::string& test : row.tests) {
      EXPECT_TRUE(tests.contains(test)) << "law " << law << ": there is no test " << test;
      EXPECT_TRUE(numbers_in(test.substr(test.find('.') + 1)).contains(law)) << test << " does not bear " << law;
    }
  }
}

TEST(Laws, TestsThatBearANumberStandInItsRow) {
  const auto found = rows();
  unsigned numbered = 0;
  for (const std::string& test : tests_in_sources()) {
    for (const unsigned law : numbers_in(test.substr(test.find('.') + 1))) {
      ++numbered;
      ASSERT_TRUE(found.contains(law)) << test;
      EXPECT_TRUE(found.at(law).tests.contains(test)) << "laws.md: law " << law << " lacks `" << test << "`";
    }
  }
  EXPECT_GT(numbered, kLaws);
}

}  // namespace
