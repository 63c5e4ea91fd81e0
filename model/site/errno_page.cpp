// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

std::string errno_page(const Context& context) {
  struct Line {
    const Rule* rule;
    std::uint32_t branch;
  };
  std::map<std::string, std::vector<Line>> lines;
  for (const Rule& rule : context.law.rules) {
    for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
      for (const int error : rule.branches[i].errors) lines[errno_name(error)].push_back({&rule, i});
    }
  }
  std::string body = heading(1, "", "Errnos");
  std::string contents;
  for (const auto& [error, list] : lines) {
    const std::string anchor = context.names.anchor(Sort::error, error);
    contents += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor, escaped(error));
    body += heading(
        2, anchor, fmt::format("<code>{}</code> <span class=\"quiet\">{}</span>", escaped(error), errno_number(error)));
    body += "<table class=\"rows\"><thead><tr><th>Line</th><th>Condition</th></tr></thead><tbody>\n";
    for (const Line& line : list) {
      const Branch& branch = line.rule->branches[line.branch];
      const std::string also = branch.errors.size() > 1 ? fmt::format(" <span class=\"quiet\">({})</span>",
                                                                      escaped(show::errors_text(branch)))
                                                        : "";
      body += fmt::format("<tr><th scope=\"row\">{}</th><td><code>{}</code>{}{}</td></tr>\n",
                          linked(context, Sort::outcome, branch_id(*line.rule, line.branch)),
                          code(context.names, show::condition_text(context.law, branch)), also,
                          restriction_html(context, branch.restriction));
    }
    body += "</tbody></table>\n";
  }
  return document(context, std::string(kErrnoPage), "Errnos", body, contents);
}

}  // namespace iolaw::site
