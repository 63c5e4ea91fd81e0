// SPDX-License-Identifier: Apache-2.0
// Text as HTML.
#pragma once

#include <string>
#include <string_view>

namespace iolaw::site {

// `<`, `>`, `&` and quotes as entities: fit for text and for attributes.
std::string escaped(std::string_view text);

// A name that may be broken behind its underscores, for where there is little room.
std::string breakable(std::string_view name);

// `<a href="…">text</a>`; the text is HTML already.
std::string link(std::string_view href, std::string_view html);

// `text` with a class.
std::string span(std::string_view css_class, std::string_view html);

}  // namespace iolaw::site
