// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/recovery.hpp"

#include <algorithm>
#include <array>

#include "model/syntax/correction.hpp"
#include "model/syntax/lexis.hpp"

namespace iolaw::syntax {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Words that stand in no expression. `let` and `then` start items too; but `then` may belong to an `if`.
constexpr std::array<std::string_view, 6> kItemWords = {"fails", "unspecified", "choose", "tally", "result", "each"};
constexpr std::array<std::string_view, 4> kEffectWords = {"new", "destroy", "set", "let"};

// Words that end an expression, unlike the others that are reserved.
constexpr std::array<std::string_view, 9> kOperandWords = {"MAX",  "true", "false", "none", "lives",
                                                           "busy", "some", "empty", "users"};

// The tokens of a text, one after the other.
class Tokens {
 public:
  Tokens(const char* at, const char* last) : at_(at), last_(last) { skip(); }

  bool ended() const { return at_ == last_; }
  const char* at() const { return at_; }
  std::string_view text() const { return {at_, static_cast<std::size_t>(end() - at_)}; }
  std::string_view previous() const { return previous_; }
  bool is_first_of_line() const { return first_of_line_; }
  const char* end() const {
    if (*at_ != '"') return token_end(at_, last_);
    const char* end = std::find_if(at_ + 1, last_, [](char c) { return c == '"' || c == '\n'; });
    return end != last_ && *end == '"' ? end + 1 : end;
  }
  void advance() {
    previous_ = text();
    at_ = end();
    skip();
  }

 private:
  void skip() {
    const char* begin = at_;
    Skipper().parse(at_, last_, x3::unused, x3::unused, x3::unused);
    first_of_line_ = std::find(begin, at_, '\n') != at_;
  }

  const char* at_;
  const char* last_;
  std::string_view previous_;
  bool first_of_line_ = false;
};

bool ends_operand(std::string_view token) {
  if (token.empty()) return false;
  if (token == ")" || token == "]" || token == "}") return true;
  const bool word = !word_at(token.data(), token.data() + token.size()).empty();
  return word ? !is_reserved(token) || is_one_of(token, kOperandWords) : token[0] >= '0' && token[0] <= '9';
}

bool starts_entry(Entries entries, const Tokens& tokens, unsigned open_ifs) {
  const std::string_view word = tokens.text();
  const bool named = tokens.previous() == "[" || tokens.previous() == ".";  // a tag, a field
  switch (entries) {
    case Entries::items:
      if (word == "then") return open_ifs == 0 && !named;
      if (word == "may" || word == "but") return !named;
      return !named && (is_one_of(word, kItemWords) || word == "let");
    case Entries::effects:
      if (!tokens.is_first_of_line() || word_at(word.data(), word.data() + word.size()).empty()) return false;
      return is_one_of(word, kEffectWords) || (!is_reserved(word) && ends_operand(tokens.previous()));
    case Entries::fields:
      return tokens.is_first_of_line() || tokens.previous() == ",";
    case Entries::constants:
      return tokens.previous() == ",";
  }
  return false;
}

}  // namespace

bool leaves_braces(Entries entries, std::string_view text, const char* place, const char* last) {
  if (place != text.data() && place[-1] != '\n') return false;
  const std::string_view word = word_at(place, last);
  if (!starts_declaration(word)) return false;
  if (entries != Entries::fields) return true;
  Tokens tokens(place, last);  // a field may have any name
  tokens.advance();
  return tokens.ended() || tokens.text() != ":";
}

void report_expectation(ParseState& state, const char* place, const char* last, const std::string& wanted) {
  const char* token = place;
  Skipper().parse(token, last, x3::unused, x3::unused, x3::unused);
  Span span = state.span(token, token_end(token, last));
  const bool next_line = std::find(place, token, '\n') != token;
  if (next_line) span = state.span(place, place);
  Diagnostic diagnostic = make(Code::expected, span, "expected " + wanted + ", found " + describe_token(token, last));
  const std::string_view found(token, static_cast<std::size_t>(token_end(token, last) - token));
  if (!next_line) suggest_correction(state, diagnostic, wanted, place, found);
  state.diagnostics.push_back(std::move(diagnostic));
}

const char* next_entry(Entries entries, std::string_view text, const char* begin, const char* from, const char* last) {
  unsigned depth = 0;
  unsigned open_ifs = 0;
  for (Tokens tokens(begin, last); !tokens.ended(); tokens.advance()) {
    const std::string_view token = tokens.text();
    if (tokens.at() != begin && leaves_braces(entries, text, tokens.at(), last)) return nullptr;
    const bool beyond = tokens.at() >= from && tokens.at() != begin;
    if (beyond && depth == 0 && (token == "}" || starts_entry(entries, tokens, open_ifs))) return tokens.at();
    if (token == "{") ++depth;
    if (token == "}" && depth > 0) --depth;
    if (token == "if") ++open_ifs;
    if (token == "then" && open_ifs > 0) --open_ifs;
  }
  return nullptr;
}

}  // namespace iolaw::syntax
