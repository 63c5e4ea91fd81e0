// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/lexis.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace iolaw::syntax {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::array<std::string_view, 7> kLongSymbols = {"..", "==", "!=", "<=", ">=", "->", "+="};

constexpr std::string_view kReserved[] = {
    "MAX",   "all",   "and",   "but",   "choose", "const",  "count",       "cover", "def",       "destroy", "each",
    "else",  "enum",  "fails", "false", "if",     "iff",    "implies",     "in",    "invariant", "is",      "let",
    "lives", "may",   "maybe", "new",   "no",     "none",   "not",         "or",    "probe",     "result",  "rule",
    "some",  "tally", "the",   "then",  "true",   "unless", "unspecified", "use",   "when",      "where"};

}  // namespace

std::string_view word_at(const char* first, const char* last) {
  const char* end = first;
  if (end == last || !is_letter(*end)) return {};
  while (end != last && (is_letter(*end) || is_digit(*end))) ++end;
  return {first, static_cast<std::size_t>(end - first)};
}

std::string_view symbol_at(const char* first, const char* last) {
  if (first == last || is_letter(*first) || is_digit(*first)) return {};
  if (last - first > 1) {
    const std::string_view two(first, 2);
    if (std::find(kLongSymbols.begin(), kLongSymbols.end(), two) != kLongSymbols.end()) return two;
  }
  return {first, 1};
}

bool is_reserved(std::string_view word) {
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

std::span<const std::string_view> reserved_words() { return kReserved; }

const char* read_number(const char* first, const char* last, ParseState& state, Word& value) {
  const char* it = first;
  Word base = 10;
  if (last - it > 1 && it[0] == '0' && (it[1] == 'x' || it[1] == 'X')) {
    base = 16;
    it += 2;
  }
  bool any = false;
  bool fits = true;
  value = 0;
  for (; it != last; ++it) {
    if (*it == '_') continue;
    const int digit = digit_value(*it);
    if (digit < 0 || static_cast<Word>(digit) >= base) break;
    any = true;
    fits = fits && !__builtin_mul_overflow(value, base, &value) && !__builtin_add_overflow(value, Word(digit), &value);
  }
  const bool clean = any && (it == last || !is_letter(*it));
  while (it != last && (is_letter(*it) || is_digit(*it))) ++it;
  if (!clean) {
    state.diagnostics.push_back(make(Code::malformed_number, state.span(first, it), "this is no number"));
  } else if (!fits) {
    state.diagnostics.push_back(
        make(Code::number_too_large, state.span(first, it), "this number does not fit 64 bits; MAX is 2^64 - 1"));
  }
  if (!clean || !fits) value = 0;
  return it;
}

const char* read_text(const char* first, const char* last, ParseState& state) {
  const char* it = first + 1;
  while (it != last && *it != '"' && *it != '\n') ++it;
  if (it != last && *it == '"') return it + 1;
  state.diagnostics.push_back(make(Code::unterminated_text, state.span(first, it), "this text has no closing quote"));
  return it;
}

const char* read_version(const char* first, const char* last, Version& version) {
  constexpr int kDigits = 6;
  const auto number = [&](const char* it, std::uint32_t& value) -> const char* {
    const char* begin = it;
    value = 0;
    for (; it != last && is_digit(*it) && it - begin < kDigits; ++it) value = 10 * value + std::uint32_t(*it - '0');
    return it == begin ? nullptr : it;
  };
  const char* it = number(first, version.major);
  if (it == nullptr || it == last || *it != '.') return nullptr;
  it = number(it + 1, version.minor);
  if (it == nullptr || (it != last && (is_digit(*it) || is_letter(*it) || *it == '.'))) return nullptr;
  return it;
}

const char* read_paragraph(const char* first, const char* last, std::string& text) {
  const char* end = first;
  for (const char* it = first; it != last; ++it) {
    if (*it == '\n' && it + 1 != last && std::string_view(" \t\r\n/").find(it[1]) == std::string_view::npos) break;
    if (*it == '/' && last - it > 1 && it[1] == '/') {
      it = std::find(it, last, '\n');
      text.resize(static_cast<std::size_t>(it - first), ' ');
      --it;
      continue;
    }
    const bool blank = *it == ' ' || *it == '\t' || *it == '\r' || *it == '\n';
    text += blank ? ' ' : *it;
    if (!blank) end = it + 1;
  }
  text.resize(static_cast<std::size_t>(end - first));
  return end;
}

const char* token_end(const char* first, const char* last) {
  if (first == last) return first;
  if (const auto word = word_at(first, last); !word.empty()) return first + word.size();
  if (is_digit(*first)) {
    const char* end = first;
    while (end != last && (is_digit(*end) || is_letter(*end))) ++end;
    return end;
  }
  const char* end = first + symbol_at(first, last).size();
  while (end != last && (static_cast<unsigned char>(*end) & 0xc0U) == 0x80U) ++end;  // the rest of a UTF-8 character
  return end;
}

std::string quote(std::string_view text) {
  std::string result = "`";
  result += text;
  result += '`';
  return result;
}

std::string describe_token(const char* first, const char* last) {
  if (first == last) return "the end of the file";
  std::string text(first, token_end(first, last));
  if (text.size() > 40) text = text.substr(0, 40) + "…";
  return quote(text);
}

}  // namespace iolaw::syntax
