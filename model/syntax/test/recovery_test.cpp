// SPDX-License-Identifier: Apache-2.0
// How much is said about one mistake, and about many. What is said is in bad/recovery.law.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "model/diagnostics/codes.hpp"
#include "model/law/parse.hpp"
#include "model/syntax/lexis.hpp"

namespace iolaw {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Where the tokens of a text begin; comments and quoted texts have none.
std::vector<std::size_t> tokens_of(const std::string& text) {
  std::vector<std::size_t> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == '"') {
      at = std::min(text.find('"', at + 1), text.size() - 1) + 1;
    } else if (text[at] == ' ' || text[at] == '\n') {
      ++at;
    } else {
      tokens.push_back(at);
      at = static_cast<std::size_t>(syntax::token_end(&text[at], text.data() + text.size()) - text.data());
    }
  }
  return tokens;
}

// Complaints about the text alone: a name whose declaration is broken may be missed elsewhere.
std::string complaints(const Parsed& parsed, std::size_t& count) {
  std::string all;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    const auto code = static_cast<Code>(diagnostic.code);
    if (code < Code::expected || code > Code::too_deep) continue;
    ++count;
    all += render(diagnostic, parsed.files, false);
  }
  return all;
}

// One token left out, or an unknown one in its place, is one mistake.
TEST(Recovery, OneMistakeIsNotToldManyTimes) {
  const std::string text = text_of(IOLAW_TEST_DIR "/good/queues.law");
  const std::vector<std::size_t> tokens = tokens_of(text);
  ASSERT_GT(tokens.size(), 300U);
  std::size_t wrong = 0;
  std::size_t told = 0;
  for (const std::size_t at : tokens) {
    const auto end = static_cast<std::size_t>(syntax::token_end(&text[at], text.data() + text.size()) - text.data());
    for (const char* instead : {"", "?"}) {
      const Parsed parsed = parse_law_texts({{"queues.law", text.substr(0, at) + instead + text.substr(end)}});
      std::size_t count = 0;
      const std::string all = complaints(parsed, count);
      EXPECT_LE(count, 3U) << "without " << text.substr(at, end - at) << "\n" << all;
      wrong += count > 0 ? 1 : 0;
      told += count;
    }
  }
  EXPECT_GT(wrong, tokens.size());
  EXPECT_LT(static_cast<double>(told), 1.1 * static_cast<double>(wrong)) << told << " complaints of " << wrong;
}

TEST(Recovery, AFloodIsCutShort) {
  std::string text = "rule r() {\n";
  for (int i = 0; i < 10'000; ++i) text += "  fails EINVAL\n";
  text += "}\nrule s() { then }\n";
  const Parsed parsed = parse_law_texts({{"here.law", text}});
  EXPECT_EQ(parsed.diagnostics.size(), 21U);
}

}  // namespace
}  // namespace iolaw
