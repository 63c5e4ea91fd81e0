// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <numeric>

#include "model/show/calls.hpp"
#include "model/site/code.hpp"
#include "model/site/graphs.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

std::size_t properties(const Law& law, Property::Tag tag) {
  std::size_t count = 0;
  for (const Property& property : law.properties) count += property.tag == tag && !property.generated ? 1 : 0;
  return count;
}

std::string numbers(const Context& context) {
  std::vector<std::uint32_t> rules(context.law.rules.size());
  std::iota(rules.begin(), rules.end(), 0U);
  const show::OutcomeCounts counts = show::count_outcomes(context.law, rules);
  std::string out;
  const auto one = [&out](std::size_t number, std::string_view what) {
    if (number > 0) out += fmt::format("<li><b>{}</b> {}</li>\n", number, what);
  };
  one(context.law.files.size(), "modules");
  one(context.law.kinds.size(), "objects");
  one(counts.rules, "rules");
  one(counts.outcomes, "outcomes");
  one(counts.errnos, "errnos");
  one(properties(context.law, Property::Tag::invariant), "invariants");
  one(properties(context.law, Property::Tag::step), "step laws");
  one(properties(context.law, Property::Tag::cover), "covers");
  return "<ul class=\"numbers\">\n" + out + "</ul>\n";
}

// The first sentence: up to a full stop or colon that ends a line or stands before a space.
std::string first_sentence(const std::string& doc) {
  const std::string paragraph = doc.substr(0, doc.find("\n\n"));
  const std::size_t stop = paragraph.find(". ");
  const std::size_t line_stop = paragraph.find(".\n");
  return paragraph.substr(0, std::min(stop, line_stop) == std::string::npos ? stop : std::min(stop, line_stop) + 1);
}

std::string modules(const Context& context) {
  std::string out =
      "<table class=\"rows\"><thead><tr><th>Module</th><th>What it says</th><th>Objects and "
      "rules</th></tr></thead><tbody>\n";
  for (std::uint32_t file = 0; file < context.law.files.size(); ++file) {
    std::string objects;
    for (const Kind& kind : context.law.kinds) {
      if (kind.span.file == file) objects += (objects.empty() ? "" : ", ") + linked(context, Sort::object, kind.name);
    }
    std::string rules;
    for (const Rule& rule : context.law.rules) {
      if (rule.span.file == file) rules += (rules.empty() ? "" : ", ") + linked(context, Sort::rule, rule.name);
    }
    out += fmt::format(
        "<tr><th scope=\"row\"><a href=\"{}\"><code>{}</code></a></th><td>{}</td><td "
        "class=\"lists\">{}{}{}</td></tr>\n",
        context.names.page(file), escaped(context.names.module(file)),
        inline_prose(context.names, first_sentence(context.names.documentation(file))), objects,
        objects.empty() || rules.empty() ? "" : "<br>", rules);
  }
  return out + "</tbody></table>\n";
}

std::string entrances(const Context& context) {
  const std::string proofs =
      context.proofs.empty()
          ? ""
          : fmt::format("<li><a href=\"{}\"><b>Proofs</b> which rule was proved to keep which property</a></li>\n",
                        kProofPage);
  return fmt::format(
      "<ul class=\"entrances\">\n"
      "<li><a href=\"{}\"><b>Calls</b> every command, with its rules and the errnos of each</a></li>\n"
      "<li><a href=\"{}\"><b>Errnos</b> every place where an errno can come from</a></li>\n"
      "<li><a href=\"{}\"><b>Sources</b> which function or section each rule was read from</a></li>\n"
      "<li><a href=\"{}\"><b>Views</b> what profiles have, and since when</a></li>\n{}</ul>\n",
      kCallPage, kErrnoPage, kSourcePage, kViewPage, proofs);
}

}  // namespace

std::string index_page(const Context& context) {
  std::string body = heading(1, "", "The law of <code>" + escaped(context.names.module(0)) + "</code>");
  body += "<div class=\"intro\">" + prose(context.names, context.names.documentation(0)) + "</div>\n" +
          numbers(context) + entrances(context);
  body += heading(2, "part:modules", "Modules") + modules(context);
  body += heading(2, "part:graph", "Objects") + object_graph(context);
  return document(context, std::string(kIndexPage), "Overview", body);
}

}  // namespace iolaw::site
