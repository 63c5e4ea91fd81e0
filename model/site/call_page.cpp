// SPDX-License-Identifier: Apache-2.0
// Calls by command: for each its rules, and the errnos of each rule with the lines that end in them.
#include "model/show/calls.hpp"

#include <fmt/format.h>

#include <vector>

#include "model/show/text.hpp"
#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

// Errnos in the order of the table, each with links to its lines.
std::string errnos(const Context& context, const Rule& rule) {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::uint32_t i = 0; i < rule.branches.size(); ++i) {
    const Name* name = context.names.find(Sort::outcome, branch_id(rule, i));
    const std::string text = link(name->href(), "<code>" + escaped(rule.branches[i].tag) + "</code>");
    for (const int error : rule.branches[i].errors) {
      const std::string errno_text = errno_name(error);
      auto at = found.begin();
      while (at != found.end() && at->first != errno_text) ++at;
      if (at == found.end()) {
        found.emplace_back(errno_text, text);
      } else {
        at->second += ", " + text;
      }
    }
  }
  if (found.empty()) return "<span class=\"quiet\">never fails</span>";
  std::string out = "<ul class=\"errnos\">";
  for (const auto& [error, lines] : found)
    out += fmt::format("<li><b>{}</b> {}</li>", linked(context, Sort::error, error), lines);
  return out + "</ul>";
}

}  // namespace

std::string call_page(const Context& context) {
  std::string body = heading(1, "", "Calls");
  body +=
      "<p>Commands by the names that programs use, then rules that no command asks for: files that are closed, events "
      "of "
      "hardware, probes. Behind each errno stand the lines of the rule’s table that end in it.</p>\n";
  std::string contents;
  bool commands = true;
  for (const show::CallFamily& family : show::call_families(context.law, true)) {
    if (commands && !family.is_command) body += heading(2, "part:others", "Without a command");
    if (commands && !family.is_command) contents += "<li><a href=\"#part:others\">Without a command</a></li>\n";
    commands = family.is_command;
    const show::OutcomeCounts counts = show::count_outcomes(context.law, family.rules);
    if (family.is_command) {
      const std::string anchor = context.names.anchor(Sort::command, family.name);
      body += heading(2, anchor, "<code>" + escaped(family.name) + "</code>");
      contents += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor, breakable(family.name));
    } else {
      body += heading(3, "", "<code>" + escaped(family.name) + "</code>");
    }
    body += fmt::format("<p class=\"where\"><span class=\"quiet\">{} {}, {} outcomes</span></p>\n", counts.rules,
                        counts.rules == 1 ? "rule" : "rules", counts.outcomes);
    body += "<table class=\"rows\"><thead><tr><th>Rule</th><th>Errnos</th></tr></thead><tbody>\n";
    for (const std::uint32_t index : family.rules) {
      const Rule& rule = context.law.rules[index];
      body += fmt::format("<tr><th scope=\"row\">{} {}<br><span class=\"quiet\">{}</span></th><td>{}</td></tr>\n",
                          linked(context, Sort::rule, rule.name), restriction_html(context, rule.restriction),
                          inline_prose(context.names, headline(rule.doc)), errnos(context, rule));
    }
    body += "</tbody></table>\n";
  }
  return document(context, std::string(kCallPage), "Calls", body, contents);
}

}  // namespace iolaw::site
