// SPDX-License-Identifier: Apache-2.0
#include "model/diagnostics/text_line.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "model/diagnostics/diagnostic.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kContextBytes = 50;  // shown on each side of a span
constexpr std::size_t kSpanBytes = 100;

// The number of bytes of the character that starts here; 0 if it is no valid UTF-8.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second >= 0xa0;
  const bool too_large = lead == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = character_at(text, i);
    if (byte == '\t') {
      result += ' ';
      ++i;
    } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      result += text.substr(i, length);
      i += length;
    }
  }
  return result;
}

std::size_t width_of(std::string_view printable) {
  return static_cast<std::size_t>(
      std::count_if(printable.begin(), printable.end(), [](char c) { return !is_continuation(c); }));
}

Window window_around(std::string_view text, Span span) {
  const std::size_t begin = std::min<std::size_t>(span.begin, text.size());
  const std::size_t newline = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
  const std::size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  std::size_t line_end = std::min(text.find('\n', begin), text.size());
  if (line_end > line_begin && text[line_end - 1] == '\r') --line_end;
  std::size_t end = std::clamp<std::size_t>(span.end, begin, std::max(begin, line_end));

  std::size_t from = begin - line_begin > kContextBytes ? begin - kContextBytes : line_begin;
  while (from > line_begin && from < begin && is_continuation(text[from])) ++from;
  std::size_t shown_end = std::min(end, begin + kSpanBytes);
  while (shown_end < end && is_continuation(text[shown_end])) ++shown_end;
  std::size_t to = std::min(line_end, end + kContextBytes);
  while (to < line_end && is_continuation(text[to])) ++to;

  Window window;
  window.before = (from > line_begin ? "…" : "") + printable(text.substr(from, begin - from));
  window.after = to > end ? printable(text.substr(end, to - end)) : "";
  if (to < line_end) window.after += "…";
  std::string middle = printable(text.substr(begin, shown_end - begin));
  if (shown_end < end) middle += "…";
  window.column = width_of(window.before);
  window.width = width_of(middle);
  window.text = window.before + middle + window.after;
  return window;
}

Position position_of(const SourceFile& file, std::uint32_t offset) {
  const std::string_view text = std::string_view(file.text).substr(0, std::min<std::size_t>(offset, file.text.size()));
  Position position;
  position.line += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  const std::size_t newline = text.rfind('\n');
  const std::string_view line = newline == std::string_view::npos ? text : text.substr(newline + 1);
  position.column += static_cast<std::uint32_t>(width_of(line));
  return position;
}

}  // namespace iolaw
