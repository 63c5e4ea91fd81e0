// SPDX-License-Identifier: Apache-2.0
// Rules by properties: what was proved, and what needed no proof.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

std::string summary(const Context& context) {
  std::map<std::string, std::size_t> verdicts;
  std::size_t untouched = 0;
  double seconds = 0;
  const Proof* slowest = nullptr;
  for (const Proof& proof : context.proofs.all()) {
    ++verdicts[proof.verdict];
    untouched += proof.untouched ? 1 : 0;
    seconds += proof.seconds;
    if (!proof.cached && (slowest == nullptr || proof.seconds > slowest->seconds)) slowest = &proof;
  }
  std::string out = fmt::format("<ul class=\"numbers\"><li><b>{}</b> questions</li>", context.proofs.all().size());
  for (const auto& [verdict, count] : verdicts) out += fmt::format("<li><b>{}</b> {}</li>", count, escaped(verdict));
  out += fmt::format("<li><b>{}</b> because the rule touches nothing that the property reads</li>", untouched);
  if (slowest != nullptr && slowest->seconds > 0)
    out += fmt::format("<li><b>{}</b> the longest: {} / {}</li>", time_html(*slowest), escaped(slowest->rule),
                       escaped(slowest->property));
  return out + "</ul>\n";
}

std::string cell(const Context& context, const std::string& row, const Property& property) {
  const Proof* proof = context.proofs.find(row, property.name);
  if (proof == nullptr || proof->untouched) return "<td></td>";
  const bool good = proof->verdict == "proved";
  std::string uses;
  for (const std::string& name : proof->core) uses += (uses.empty() ? ", by " : ", ") + name;
  const std::string title =
      fmt::format("{} / {}: {}, {}{}", row, property.name, proof->verdict, time_html(*proof), uses);
  const Name* rule = context.names.find(Sort::rule, rule_of(row));
  const Name* where = context.names.find(Sort::property, property.name);
  const std::string href = rule != nullptr ? rule->page + "#" + proof_anchor(row, property.name) : where->href();
  return fmt::format("<td class=\"{}\"><a href=\"{}\" title=\"{}\">{}</a></td>", good ? "good" : "bad", escaped(href),
                     escaped(title), good ? "✓" : escaped(proof->verdict));
}

std::string matrix(const Context& context, Property::Tag tag) {
  std::vector<const Property*> columns;
  for (const Property& property : context.law.properties) {
    if (property.tag == tag && !property.generated && !context.proofs.of_property(property.name).empty())
      columns.push_back(&property);
  }
  if (columns.empty()) return "";
  std::string out = "<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th></th>";
  for (const Property* property : columns)
    out += "<th scope=\"col\"><span>" + linked(context, Sort::property, property->name) + "</span></th>";
  out += "</tr></thead><tbody>\n";
  for (const std::string& row : context.proofs.rows()) {
    std::string cells;
    for (const Property* property : columns) cells += cell(context, row, *property);
    if (cells.find("<a") == std::string::npos) continue;
    const Name* rule = context.names.find(Sort::rule, rule_of(row));
    const std::string name = "<code>" + escaped(row) + "</code>";
    out += "<tr><th scope=\"row\">" + (rule != nullptr ? link(rule->href(), name) : name) + "</th>" + cells + "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace

std::string proof_page(const Context& context) {
  std::string body =
      heading(1, "", "Proofs") +
      "<p>Each mark is a question that a solver answered: does this rule keep this property, for "
      "any number of objects and all 2<sup>64</sup> addresses? Where the field is empty the rule writes nothing that "
      "the property reads.</p>\n";
  body += summary(context);
  if (!context.law.axioms.empty()) {
    body += heading(2, "part:axioms", "What the proofs rest on") + "<ul>\n";
    for (const Axiom& axiom : context.law.axioms)
      body += fmt::format("<li>{} <span class=\"quiet\">{}</span></li>\n", linked(context, Sort::axiom, axiom.name),
                          escaped(axiom.title));
    body += "</ul>\n";
  }
  if (const std::string table = matrix(context, Property::Tag::invariant); !table.empty())
    body += heading(2, "part:invariants", "Rules and invariants") + table;
  if (const std::string table = matrix(context, Property::Tag::step); !table.empty())
    body += heading(2, "part:steps", "Rules and step laws") + table;
  return document(context, std::string(kProofPage), "Proofs", body);
}

}  // namespace iolaw::site
