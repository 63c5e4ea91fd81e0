// SPDX-License-Identifier: Apache-2.0
// What fuzzing found once, and texts of all sorts, as ordinary tests: no fuzzer needed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "model/fuzz/meaning.hpp"
#include "model/fuzz/mutate.hpp"
#include "model/fuzz/properties.hpp"
#include "model/law/parse.hpp"

namespace iolaw::fuzz {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> files_below(const std::vector<const char*>& folders) {
  std::vector<fs::path> files;
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && entry.path().extension() != ".md") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Found, StaysMended) {
  const std::vector<fs::path> files = files_below({IOLAW_FUZZ_DIR "/found", IOLAW_FUZZ_DIR "/corpus"});
  EXPECT_FALSE(files.empty());
  for (const fs::path& file : files) EXPECT_EQ(find_violation(read(file)), "") << file;
}

TEST(Laws, KeepTheirMeaningWhenTheyAreFormatted) {
  for (const fs::path& file : files_below({IOLAW_SPEC_DIR, IOLAW_SYNTAX_TEST_DIR})) {
    if (file.extension() != ".law") continue;
    EXPECT_EQ(find_violation(read(file)), "") << file;
  }
}

TEST(Meaning, DiffersWhereLawsDiffer) {
  const auto meaning_of = [](const std::string& text) {
    const Parsed parsed = parse_law_texts({{"a.law", text}});
    for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << render(diagnostic, parsed.files, false);
    return parsed.law ? meaning(*parsed.law) : std::string();
  };
  const std::string law = "object A { x: u64 }\ninvariant a.b \"t\": all a: A: a.x < 2";
  EXPECT_EQ(meaning_of(law), meaning_of("\n\nobject A { x :u64, }\n// c\ninvariant a.b \"t\": all a: A: (a.x < 2)"));
  for (const char* other : {"object A { x: u64 }\ninvariant a.b \"t\": all a: A: a.x < 3",
                            "object A { x: u64 }\ninvariant a.b \"t\": all a: A: a.x <= 2",
                            "object A { x: u64 }\ninvariant a.b \"u\": all a: A: a.x < 2",
                            "object A { x: nat }\ninvariant a.b \"t\": all a: A: a.x < 2",
                            "/// d\nobject A { x: u64 }\ninvariant a.b \"t\": all a: A: a.x < 2"}) {
    EXPECT_NE(meaning_of(law), meaning_of(other)) << other;
  }
}

TEST(Files, AreSplitByName) {
  const std::vector<SourceFile> files = split("use a\n//// a.law\nobject A {}\n");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].text, "use a\n");
  EXPECT_EQ(files[1].path, "a.law");
  EXPECT_EQ(files[1].text, "object A {}\n");
  EXPECT_TRUE(parse_law_texts(files).law);
}

// Mutants of the law, by the fuzzer's own mutators and a fixed seed.
TEST(Mutants, HoldToTheProperties) {
  const std::vector<fs::path> files = files_below({IOLAW_SPEC_DIR, IOLAW_SYNTAX_TEST_DIR});
  Random random(7);
  std::size_t different = 0;
  for (int round = 0; round < 400; ++round) {
    const std::string text = read(files[random() % files.size()]);
    const std::string other = read(files[random() % files.size()]);
    const std::string mutant = round % 2 == 0 ? mutate_tokens(text, random) : cross(text, other, random);
    different += mutant != text ? 1 : 0;
    ASSERT_EQ(find_violation(mutant), "") << mutant;
  }
  EXPECT_GT(different, 300U);
}

}  // namespace
}  // namespace iolaw::fuzz
