// SPDX-License-Identifier: Apache-2.0
// A line of a source file as it may be shown: cut to a width, bytes that are no text made visible.
#pragma once

#include <string>
#include <string_view>

#include "model/law/law.hpp"

namespace iolaw {

// Whether the byte goes on with a character of UTF-8 that began before.
inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// Valid UTF-8 without control characters: other bytes become \xNN, a tab becomes a space.
std::string printable(std::string_view text);

// How many characters (code points) a printable text shows.
std::size_t width_of(std::string_view printable);

// The part of the line around a span, at most some 100 characters; `…` where it was cut. If the span is longer than a
// line or continues on the next, it ends here.
struct Window {
  std::string text;        // before + the span's text + after
  std::size_t column = 0;  // characters before the span
  std::size_t width = 0;   // characters of the span
  std::string before;
  std::string after;
};
Window window_around(std::string_view text, Span span);

}  // namespace iolaw
