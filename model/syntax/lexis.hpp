// SPDX-License-Identifier: Apache-2.0
// The characters of the language: what a word, a symbol, a number and a quoted text look like.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/syntax/state.hpp"

namespace iolaw::syntax {

// The word (letters, digits, underscores, no leading digit) or the symbol that starts here; empty if none does.
std::string_view word_at(const char* first, const char* last);
std::string_view symbol_at(const char* first, const char* last);

// A word with a meaning of its own, which no variable may have as its name.
bool is_reserved(std::string_view word);
std::span<const std::string_view> reserved_words();

// Reads a number or a quoted text that starts at `first`, reports what is wrong with it, and returns its end.
const char* read_number(const char* first, const char* last, ParseState& state, Word& value);
const char* read_text(const char* first, const char* last, ParseState& state);

// Reads 6.17; null if no version stands here.
const char* read_version(const char* first, const char* last, Version& version);
// Reads up to the next line that starts with something other than a blank or a comment, without what is blank at the
// end. `text` receives it with comments blanked out, so that offsets stay; the end is returned.
const char* read_paragraph(const char* first, const char* last, std::string& text);

// The text between backquotes, for a message.
std::string quote(std::string_view text);
// What stands here, for a message: "`foo`", "the end of the file".
std::string describe_token(const char* first, const char* last);
// Its end; `first` itself at the end of the text.
const char* token_end(const char* first, const char* last);

}  // namespace iolaw::syntax
