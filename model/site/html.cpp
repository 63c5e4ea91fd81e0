// SPDX-License-Identifier: Apache-2.0
#include "model/site/html.hpp"

#include <fmt/format.h>

namespace iolaw::site {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string breakable(std::string_view name) {
  std::string out;
  for (const char c : escaped(name)) {
    out += c;
    if (c == '_') out += "<wbr>";
  }
  return out;
}

std::string link(std::string_view href, std::string_view html) {
  return fmt::format("<a href=\"{}\">{}</a>", escaped(href), html);
}

std::string span(std::string_view css_class, std::string_view html) {
  return fmt::format("<span class=\"{}\">{}</span>", css_class, html);
}

}  // namespace iolaw::site
