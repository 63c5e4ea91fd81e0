// SPDX-License-Identifier: Apache-2.0
// Prints the tokens of laws as the law's own lexer sees them, for the checks of the editors' files:
//   law_tokens FILE…      one line each: file, line, column (both from 1, columns in bytes), length, class, separated
//   by tabs law_tokens --words    a text with every reserved word on a line of its own
// Classes: comment, text, number, keyword (a word with its meaning), name (any other word), either (a word that the
// grammar names but does not reserve: what it is depends on where it stands).
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "tools/editor/test/grammar_words.hpp"

namespace {

using iolaw::syntax::is_reserved;
using iolaw::syntax::token_end;
using iolaw::syntax::word_at;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The words that stand before a name of any kind when they begin a line.
bool declares(std::string_view word) {
  static const std::set<std::string, std::less<>> words = {"rule",  "probe", "invariant", "step",
                                                           "cover", "axiom", "use"};
  return words.count(word) != 0;
}

class Line {
 public:
  Line(std::string_view text, const std::set<std::string>& words) : text_(text), words_(words) {}

  // Calls show(column from 0, length, class) for each token but symbols.
  template <typename Show>
  void scan(Show show) {
    std::string_view first;
    for (std::size_t at = 0; at < text_.size();) {
      if (is_blank(text_[at])) {
        ++at;
        continue;
      }
      const char* begin = text_.data() + at;
      const char* last = text_.data() + text_.size();
      const bool comment = text_.substr(at, 2) == "//";
      std::size_t length = static_cast<std::size_t>(token_end(begin, last) - begin);
      if (comment) {
        length = text_.size() - at;
        show(at, length, "comment");
      } else if (text_[at] == '"') {
        length = std::min(text_.find('"', at + 1), text_.size() - 1) + 1 - at;
        show(at, length, "text");
      } else if (text_[at] >= '0' && text_[at] <= '9') {
        show(at, length, "number");
      } else if (const std::string_view word = word_at(begin, last); !word.empty()) {
        show(at, length, class_of(at, word, first));
        if (first.empty()) first = at == 0 ? word : "-";
        previous_ = word;
      }
      at += length;
    }
  }

 private:
  const char* class_of(std::size_t at, std::string_view word, std::string_view first) const {
    const std::size_t end = at + word.size();
    const bool known = words_.count(std::string(word)) != 0;
    if (at == 0) return known || is_reserved(word) ? "keyword" : "name";
    const char before = text_[at - 1];
    const bool member = before == '.' && (at < 2 || text_[at - 2] != '.');
    const bool tag = before == '[' && at > 1 && is_blank(text_[at - 2]) && end < text_.size() && text_[end] == ']';
    const bool declared = previous_ == first && declares(first);
    if (member || tag || declared || is_field(at, end)) return "name";
    if (is_reserved(word)) return "keyword";
    return known ? "either" : "name";
  }

  // The first word of a line, but for a role, with a colon behind it.
  bool is_field(std::size_t at, std::size_t end) const {
    const std::size_t colon = text_.find_first_not_of(" \t", end);
    if (colon == std::string_view::npos || text_[colon] != ':') return false;
    const std::string_view before = text_.substr(0, at);
    const std::size_t begin = before.find_first_not_of(" \t");
    return begin == std::string_view::npos ||
           previous_ == before.substr(begin, before.find_last_not_of(" \t") + 1 - begin);
  }

  std::string_view text_;
  const std::set<std::string>& words_;
  std::string_view previous_;
};

int print_tokens(const char* path, const std::set<std::string>& words) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "law_tokens: cannot read %s\n", path);
    return 1;
  }
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    Line(line, words).scan([&](std::size_t at, std::size_t length, const char* what) {
      std::printf("%s\t%u\t%zu\t%zu\t%s\n", path, number, at + 1, length, what);
    });
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--words") {
    for (const std::string_view word : iolaw::syntax::reserved_words()) {
      std::printf("  %.*s\n", static_cast<int>(word.size()), word.data());
    }
    return 0;
  }
  const std::set<std::string> words = iolaw::grammar_words();
  int failed = argc > 1 ? 0 : 64;
  for (int i = 1; i < argc; ++i) failed |= print_tokens(argv[i], words);
  return failed;
}
