// SPDX-License-Identifier: Apache-2.0
// model/doc/language.md says what is so: its examples get what they are said to get, and nothing of the language is
// left out.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "model/diagnostics/codes.hpp"
#include "model/doc/test/examples.hpp"
#include "model/format/format.hpp"
#include "model/format/scan.hpp"
#include "model/law/parse.hpp"
#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/calls.hpp"

namespace iolaw::doc {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Language : public testing::Test {
 protected:
  const std::vector<Example> examples = examples_of(read(IOLAW_DOC_DIR "/language.md"));
};

Parsed parse(const Example& example) {
  std::vector<SourceFile> files = files_of(example);
  files.front().text = example.prelude + files.front().text;
  return check_law_texts(files);
}

TEST_F(Language, ExamplesAreAcceptedOrRefusedAsTheySay) {
  EXPECT_GT(examples.size(), 50U);
  for (const Example& example : examples) {
    SCOPED_TRACE(example.section + ", line " + std::to_string(example.line));
    const Parsed parsed = parse(example);
    EXPECT_EQ(example.rejected, !example.diagnostics.empty());
    for (std::size_t i = 0; i < parsed.diagnostics.size(); ++i) {
      const Diagnostic& diagnostic = parsed.diagnostics[i];
      const std::string said = code_name(diagnostic.code) + " " + diagnostic.message;
      const bool expected = i < example.diagnostics.size() && said.starts_with(example.diagnostics[i]);
      EXPECT_TRUE(expected) << render(diagnostic, parsed.files, false);
      EXPECT_GE(diagnostic.span.end, example.prelude.size()) << "the mistake is not in the example";
    }
    EXPECT_GE(parsed.diagnostics.size(), example.diagnostics.size());
    if (example.rejected) continue;
    for (const SourceFile& file : files_of(example)) EXPECT_EQ(format_law(file.text), file.text);
  }
}

// Sections about one construct have a heading "### …".
TEST_F(Language, EveryConstructIsShownRightAndWrong) {
  std::map<std::string, std::pair<int, int>> shown;
  std::istringstream page(read(IOLAW_DOC_DIR "/language.md"));
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("### ")) shown[line] = {0, 0};
  }
  for (const Example& example : examples) {
    if (!shown.count(example.section)) continue;
    ++(example.rejected ? shown[example.section].second : shown[example.section].first);
  }
  EXPECT_GT(shown.size(), 20U);
  for (const auto& [section, count] : shown) {
    EXPECT_GT(count.first, 0) << section << " has no example that is accepted";
    EXPECT_GT(count.second, 0) << section << " has no example that is rejected";
  }
}

// Words of accepted laws, outside comments and quoted text.
std::set<std::string, std::less<>> words_of(const std::string& text) {
  std::set<std::string, std::less<>> words;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    for (const layout::Token& token : layout::scan_line(line)) {
      if (token.tag == layout::TokenTag::word) words.emplace(token.text);
    }
  }
  return words;
}

TEST_F(Language, EveryReservedWordIsUsedAndListed) {
  std::string accepted;
  for (const Example& example : examples) {
    if (!example.rejected) accepted += example.text;
  }
  const auto used = words_of(accepted);
  const std::string page = read(IOLAW_DOC_DIR "/language.md");
  const std::size_t list = page.find("    MAX all");
  ASSERT_NE(list, std::string::npos);
  const auto listed = words_of(page.substr(list, page.find("\n\n", list) - list));
  std::set<std::string, std::less<>> reserved;
  for (const std::string_view word : syntax::reserved_words()) reserved.emplace(word);
  EXPECT_EQ(listed, reserved);
  for (const std::string& word : reserved) EXPECT_TRUE(used.count(word)) << word << " is in no accepted example";
}

// Every diagnostic is provoked by an example of the page or by a law of model/syntax/test/bad.
TEST_F(Language, EveryDiagnosticIsProvoked) {
  std::string said;
  for (const Example& example : examples) {
    for (const std::string& diagnostic : example.diagnostics) said += diagnostic + "\n";
  }
  for (const auto& entry : fs::directory_iterator(IOLAW_BAD_LAWS)) {
    if (entry.path().extension() == ".law") said += read(entry.path());
  }
  for (const CodePage& page : code_pages()) {
    if (page.code == Code::cannot_read) continue;  // is said of no text; see hostile_text_test.cpp
    if (page.code == Code::axiom_fails) continue;  // only the evaluator tells; see tools/iolaw/test/views.cmake
    const std::string name = code_name(static_cast<int>(page.code));
    EXPECT_NE(said.find(name), std::string::npos) << name << " is provoked nowhere";
  }
}

// ---- the grammar ----------------------------------------------------------------------------------------------------

// What stands between double quotes, and what does not.
struct Grammar {
  std::set<std::string> terminals;
  std::set<std::string> used;     // names of other rules
  std::set<std::string> defined;  // names before `=`
};

Grammar grammar_of(const std::string& ebnf) {
  Grammar grammar;
  std::string previous;
  const auto flush = [&grammar, &previous](bool defines) {
    if (!previous.empty()) (defines ? grammar.defined : grammar.used).insert(previous);
    previous.clear();
  };
  for (std::size_t i = 0; i < ebnf.size(); ++i) {
    if (ebnf[i] == '"') {
      flush(false);
      const std::size_t end = ebnf.find('"', i + 1);
      grammar.terminals.insert(ebnf.substr(i + 1, end - i - 1));
      i = end;
    } else if (std::isalpha(static_cast<unsigned char>(ebnf[i]))) {
      flush(false);
      while (i < ebnf.size() && std::isalpha(static_cast<unsigned char>(ebnf[i]))) previous += ebnf[i++];
      --i;
    } else if (ebnf[i] == '=') {
      flush(true);
    }
  }
  flush(false);
  return grammar;
}

// The arguments of `word("…")` and `symbol("…")` in the sources of the grammar.
std::set<std::string> terminals_of_sources() {
  std::set<std::string> terminals;
  for (const auto& entry : fs::directory_iterator(IOLAW_SYNTAX_DIR)) {
    if (!entry.path().filename().string().ends_with("_def.hpp")) continue;
    const std::string text = read(entry.path());
    for (const std::string call : {"word(\"", "symbol(\""}) {
      for (std::size_t at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
        const std::size_t begin = at + call.size();
        terminals.insert(text.substr(begin, text.find('"', begin) - begin));
      }
    }
  }
  return terminals;
}

TEST(Grammar, HasTheTerminalsOfTheParser) {
  const Grammar grammar = grammar_of(blocks_of(read(IOLAW_DOC_DIR "/language.md"), "ebnf"));
  const std::set<std::string> terminals = terminals_of_sources();
  EXPECT_GT(terminals.size(), 60U);
  EXPECT_EQ(grammar.terminals, terminals);
}

TEST(Grammar, DefinesWhatItUses) {
  const Grammar grammar = grammar_of(blocks_of(read(IOLAW_DOC_DIR "/language.md"), "ebnf"));
  std::set<std::string> known = grammar.defined;
  known.insert({"name", "word", "path", "text", "number", "version", "paragraph"});
  for (const std::string& name : grammar.used) EXPECT_TRUE(known.count(name)) << name << " is not defined";
  for (const std::string& name : grammar.defined) {
    EXPECT_TRUE(name == "law" || grammar.used.count(name)) << name << " is used nowhere";
  }
}

// The dictionary of the fuzzer: what the parser knows, the built-in types and functions, and comments.
TEST(Grammar, IsTheDictionaryOfTheFuzzer) {
  std::set<std::string> entries;
  std::istringstream lines(read(IOLAW_DICTIONARY));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('"')) entries.insert(line.substr(1, line.size() - 2));
  }
  const std::set<std::string> terminals = terminals_of_sources();
  for (const std::string& terminal : terminals) EXPECT_TRUE(entries.count(terminal)) << terminal;
  for (const std::string& entry : entries) {
    const bool type = parse_law_texts({{"a.law", "def f(x: " + entry + ") -> bool = true"}}).law.has_value();
    const bool known = terminals.count(entry) || type || syntax::is_builtin(entry) || entry.starts_with("//");
    EXPECT_TRUE(known) << entry;
  }
}

// ---- the form of the page -------------------------------------------------------------------------------------------

TEST(Examples, AreReadFromAPage) {
  const std::vector<Example> examples = examples_of(
      "## A\n```law prelude\nobject A {}\n```\n### B\n```law\nobject B {}\n```\n```law rejected\nobjekt\n```\n"
      "> LAW0011 no\n> LAW0010 x\n## C\n```law\nobject C {}\n```\n```\nother\n```\n");
  ASSERT_EQ(examples.size(), 4U);
  EXPECT_EQ(examples[1].prelude, "object A {}\n");
  EXPECT_EQ(examples[1].section, "### B");
  EXPECT_FALSE(examples[1].rejected);
  EXPECT_TRUE(examples[2].rejected);
  EXPECT_EQ(examples[2].diagnostics, (std::vector<std::string>{"LAW0011 no", "LAW0010 x"}));
  EXPECT_EQ(examples[3].prelude, "");
  EXPECT_EQ(examples[3].line, 15U);
  Example modules;
  modules.text = "use a\n//// a.law\nobject A {}\n";
  const std::vector<SourceFile> files = files_of(modules);
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].path, "a.law");
  EXPECT_EQ(files[1].text, "object A {}\n");
  EXPECT_THROW(examples_of("```law\nobject A {}\n"), std::runtime_error);
  EXPECT_THROW(examples_of("```law wrong\n```\n"), std::runtime_error);
}

}  // namespace
}  // namespace iolaw::doc
