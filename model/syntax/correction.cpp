// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/correction.hpp"

#include <vector>

#include "model/syntax/lexis.hpp"

namespace iolaw::syntax {
namespace {

bool is_word(std::string_view token) { return !word_at(token.data(), token.data() + token.size()).empty(); }
bool is_number(std::string_view token) { return !token.empty() && token[0] >= '0' && token[0] <= '9'; }

// What stands between backquotes: the words and symbols of the language that a message names.
std::vector<std::string_view> quoted_in(std::string_view message) {
  std::vector<std::string_view> result;
  for (std::size_t open = message.find('`'); open != std::string_view::npos; open = message.find('`', open)) {
    const std::size_t close = message.find('`', open + 1);
    if (close == std::string_view::npos) break;
    result.push_back(message.substr(open + 1, close - open - 1));
    open = close + 1;
  }
  return result;
}

// The word that ends at `end`, if an effect starts with it: no effect is one word.
std::string_view lone_word_before(std::string_view text, const char* end) {
  const std::string_view before = text.substr(0, static_cast<std::size_t>(end - text.data()));
  const std::size_t gap = before.find_last_of(" \t\n{");
  if (gap == std::string_view::npos) return {};
  const std::string_view word = before.substr(gap + 1);
  if (!is_word(word) || is_reserved(word)) return {};
  const std::string_view head = before.substr(0, before.find_last_not_of(" \t", gap) + 1);
  const bool first = head.empty() || head.back() == '\n' || head.back() == '{' ||
                     (head.size() > 4 && head.substr(head.size() - 4) == "then");
  return first ? word : std::string_view();
}

}  // namespace

void suggest_correction(ParseState& state, Diagnostic& diagnostic, const std::string& wanted, const char* where,
                        std::string_view token) {
  const std::vector<std::string_view> words = quoted_in(wanted);
  if (is_word(token)) {
    diagnostic.suggestion = wanted == "`when` or `unless`" && token == "if" ? "when" : closest(token, words);
    if (!diagnostic.suggestion.empty()) return;
  }
  if (wanted == "a tag such as [length]" && is_word(token) && !is_reserved(token)) {
    diagnostic.suggestion = "[" + std::string(token) + "]";
  }
  if (words.size() != 1) return;
  const std::string_view symbol = words.front();
  if (symbol == "=" && token == "==") {
    diagnostic.suggestion = "=";
    return;
  }
  if (!is_word(token) && !is_number(token)) return;
  if (const std::string_view word = lone_word_before(state.text, where); symbol == "=" && !word.empty()) {
    diagnostic.suggestion = closest(word, {"new", "destroy", "set"});
    diagnostic.replaced = state.span(word.data(), word.data() + word.size());
  } else if (symbol == ":" || symbol == "=") {
    diagnostic.suggestion = symbol == ":" ? ":" : " =";
    diagnostic.replaced = state.span(where, where);
  }
}

}  // namespace iolaw::syntax
