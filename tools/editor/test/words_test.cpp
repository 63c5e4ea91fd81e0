// SPDX-License-Identifier: Apache-2.0
// The editors' files know every word of the language; whether they use it rightly is what tools/editor/check tries.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tools/editor/test/grammar_words.hpp"

namespace iolaw {
namespace {

// The alternatives of the file's expressions, as words.
std::set<std::string> words_of(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::set<std::string> words;
  std::string line;
  while (std::getline(in, line)) {
    if (line.rfind("\" ", 0) == 0) continue;  // a comment of Vim
    // `\b`, `\s`, `\<` and the like are no letters of the words beside them.
    line = std::regex_replace(line, std::regex("\\\\+[a-zA-Z<>%(|)]"), " ");
    const std::regex word("[A-Za-z_]\\w*");
    for (auto it = std::sregex_iterator(line.begin(), line.end(), word); it != std::sregex_iterator(); ++it) {
      words.insert(it->str());
    }
  }
  return words;
}

std::set<std::string> all_words() {
  std::set<std::string> words = grammar_words();
  for (const std::string_view word : syntax::reserved_words()) words.emplace(word);
  return words;
}

class Editor : public testing::TestWithParam<const char*> {};

TEST_P(Editor, KnowsEveryWordOfTheLanguage) {
  const std::set<std::string> known = words_of(IOLAW_EDITOR_DIR + std::string("/") + GetParam());
  for (const std::string& word : all_words()) {
    EXPECT_TRUE(known.count(word)) << GetParam() << " does not know `" << word << "`";
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Editor, testing::Values("vscode/iolaw.tmLanguage.json", "vim/syntax/iolaw.vim"),
                         [](const auto& file) { return std::string(file.index == 0 ? "TextMate" : "Vim"); });

TEST(Words, ComeFromTheGrammar) {
  const std::set<std::string> words = grammar_words();
  for (const char* word : {"rule", "object", "ascending", "lives", "since", "scope"})
    EXPECT_TRUE(words.count(word)) << word;
  EXPECT_GT(words.size(), 50U);
  for (const std::string_view word : syntax::reserved_words()) {
    EXPECT_TRUE(words.count(std::string(word))) << word << " is reserved, but the grammar does not name it";
  }
}

TEST(TextMate, IsAGrammar) {
  std::ifstream in(IOLAW_EDITOR_DIR "/vscode/iolaw.tmLanguage.json");
  const nlohmann::json grammar = nlohmann::json::parse(in);
  EXPECT_EQ(grammar["scopeName"], "source.iolaw");
  EXPECT_EQ(grammar["fileTypes"], nlohmann::json({"law"}));
  for (const auto& pattern : grammar["patterns"]) {
    EXPECT_TRUE(grammar["repository"].contains(pattern["include"].get<std::string>().substr(1))) << pattern;
  }
}

}  // namespace
}  // namespace iolaw
