// SPDX-License-Identifier: Apache-2.0
// A differential test is worth what its sides do not share: hw_reference includes nothing of the law's side.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

namespace {

TEST(Independence, IncludesNothingOfModelCheckerOrTools) {
  const std::regex include(R"re(^\s*#\s*include\s*["<]([^">]*)[">])re");
  const std::regex forbidden(R"re((^|/)(model|checker|tools|generated_tests)/)re");
  std::size_t includes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(HW_REFERENCE_DIR)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".hpp" && extension != ".cpp") continue;
    std::ifstream file(entry.path());
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      ++includes;
      const std::string name = match[1];
      EXPECT_FALSE(std::regex_search(name, forbidden)) << entry.path() << ":" << number << ": " << line;
    }
  }
  EXPECT_GT(includes, 100U);  // the walk has found the sources
}

}  // namespace
