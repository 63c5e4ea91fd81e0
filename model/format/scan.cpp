// SPDX-License-Identifier: Apache-2.0
#include "model/format/scan.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace iolaw::layout {

namespace {

constexpr std::array<std::string_view, 7> kLongPunctuation = {"..", "->", "==", "!=", "<=", ">=", "+="};

// Words after which a bracket opens a group, not the arguments of a call.
constexpr std::array<std::string_view, 24> kWordsBeforeGroup = {
    "all",   "and", "by",  "count", "each", "else", "fails", "if",   "iff",    "implies",     "in",   "is",
    "lives", "no",  "not", "or",    "set",  "some", "the",   "then", "unless", "unspecified", "when", "where"};

bool is_word_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

std::size_t token_length(std::string_view rest, TokenTag& tag) {
  if (rest.substr(0, 2) == "//") {
    tag = TokenTag::comment;
    return rest.find_last_not_of(" \t\r") + 1;
  }
  if (rest[0] == '"') {
    tag = TokenTag::text;
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') ++end;
    return end < rest.size() ? end + 1 : rest.find_last_not_of(" \t\r") + 1;  // the second: no closing quote
  }
  if (is_word_byte(rest[0])) {
    tag = std::isdigit(static_cast<unsigned char>(rest[0])) != 0 ? TokenTag::number : TokenTag::word;
    return static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_word_byte) - rest.begin());
  }
  tag = TokenTag::punctuation;
  const bool may_be_long = rest.size() > 1 && (rest[1] == '.' || rest[1] == '=' || rest[1] == '>');
  for (const std::string_view punctuation : kLongPunctuation) {
    if (may_be_long && rest.substr(0, punctuation.size()) == punctuation) return punctuation.size();
  }
  if (std::string_view("(){}[],:.=<>+-*|'").find(rest[0]) == std::string_view::npos) tag = TokenTag::unknown;
  return 1;
}

bool is_one_of(const Token& token, std::string_view bytes) {
  return token.tag == TokenTag::punctuation && token.text.size() == 1 &&
         bytes.find(token.text[0]) != std::string_view::npos;
}

bool opens_call(const Token& left) {
  if (is_one_of(left, "])")) return true;
  return left.tag == TokenTag::word &&
         std::find(kWordsBeforeGroup.begin(), kWordsBeforeGroup.end(), left.text) == kWordsBeforeGroup.end();
}

}  // namespace

std::vector<Token> scan_line(std::string_view line) {
  std::vector<Token> tokens;
  tokens.reserve(line.size() / 4 + 1);
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    TokenTag tag = TokenTag::unknown;
    const std::size_t length = token_length(line.substr(at), tag);
    tokens.push_back({tag, line.substr(at, length)});
    at += length;
  }
  return tokens;
}

bool is_spaced(const Token& left, const Token& right, bool in_table_head) {
  if (left.tag == TokenTag::unknown || right.tag == TokenTag::unknown) return true;
  if (left.text == "." && right.text[0] == '.') return true;  // together they would be `..`
  if (is_one_of(right, ",):].") || is_one_of(left, "([.")) return false;
  if (left.text == ".." || right.text == "..") return false;
  if (is_one_of(left, "{") && is_one_of(right, "}")) return false;
  if (is_one_of(right, "(")) return !opens_call(left);
  if (is_one_of(right, "[")) return in_table_head || !opens_call(left);
  return true;
}

}  // namespace iolaw::layout
