// SPDX-License-Identifier: Apache-2.0
// The law's words in HTML: names are links, keywords and comments stand out.
#pragma once

#include <string>
#include <string_view>

#include "model/law/law.hpp"
#include "model/site/names.hpp"

namespace iolaw::site {

// `text` is of a law. Names of objects, rules, constants and enumerations become links, and those of defs where they
// are called.
std::string code(const Names& names, std::string_view text);

// Sentences: paragraphs are parted by empty lines, `words` between backquotes are code.
std::string prose(const Names& names, std::string_view doc);

// Sentences without paragraphs, for a cell or a heading.
std::string inline_prose(const Names& names, std::string_view doc);

// The lines of a span as they were laid out, without what all of them are indented by. Comments stay.
std::string layout(const Law& law, Span span);

// The whole declaration that the span, a part of its first line, is of: that line and those below that are indented.
std::string declaration(const Law& law, Span span);

// What a comment says behind the span on its last line, or in lines of its own right above it; empty if there is none.
std::string remark(const Law& law, Span span);

}  // namespace iolaw::site
