// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>

#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

std::string source_page(const Context& context) {
  std::map<std::string, std::map<std::string, std::map<std::string, std::set<std::uint32_t>>>> sources;
  for (std::uint32_t i = 0; i < context.law.rules.size(); ++i) {
    for (const Citation& citation : context.law.rules[i].citations)
      sources[citation.source][citation.file][citation.anchor].insert(i);
  }
  std::string body = heading(1, "", "Sources") + "<p>What each rule was read from.</p>\n";
  std::string contents;
  for (const auto& [source, files] : sources) {
    body += heading(2, "source:" + source, escaped(source));
    contents += fmt::format("<li><a href=\"#source:{0}\">{0}</a></li>\n", escaped(source));
    for (const auto& [file, anchors] : files) {
      body += heading(3, "", "<code>" + escaped(file) + "</code>") +
              "<table class=\"rows\"><thead><tr><th>There</th><th>Rules</th></tr></thead><tbody>\n";
      for (const auto& [anchor, rules] : anchors) {
        body += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>\n", escaped(anchor),
                            linked_rules(context, {rules.begin(), rules.end()}));
      }
      body += "</tbody></table>\n";
    }
  }
  return document(context, std::string(kSourcePage), "Sources", body, contents);
}

}  // namespace iolaw::site
