// SPDX-License-Identifier: Apache-2.0
// Lines and tokens of a law, as layout needs them: no grammar.
#pragma once

#include <string_view>
#include <vector>

namespace iolaw::layout {

enum class TokenTag { word, number, text, punctuation, comment, unknown };

struct Token {
  TokenTag tag;
  std::string_view text;
};

// The tokens of one line; a comment reaches to its end. Bytes that begin no token are tokens of their own.
std::vector<Token> scan_line(std::string_view line);

// Whether the layout puts a space between two neighbours of a line.
bool is_spaced(const Token& left, const Token& right, bool in_table_head);

}  // namespace iolaw::layout
