// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "model/site/code.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

std::string_view word(Property::Tag tag) {
  return tag == Property::Tag::invariant ? "invariant" : tag == Property::Tag::step ? "step" : "cover";
}

std::string_view meaning(Property::Tag tag) {
  return tag == Property::Tag::invariant ? "holds in every state"
         : tag == Property::Tag::step    ? "holds of every transition"
                                         : "can be reached";
}

// The rules that could break it; a step that names rules is about these alone.
std::string touched_by(const Context& context, const Property& property) {
  if (property.tag == Property::Tag::cover) return "";
  std::vector<std::uint32_t> rules = property.on;
  if (rules.empty()) {
    for (std::uint32_t rule = 0; rule < context.law.rules.size(); ++rule) {
      if (context.footprints.touches(rule, *property.formula)) rules.push_back(rule);
    }
  }
  if (rules.empty()) return "<p class=\"quiet\">No rule writes what it reads.</p>\n";
  return fmt::format("<details><summary>{} {} keep it</summary><p>{}</p></details>\n", rules.size(),
                     rules.size() == 1 ? "rule must" : "rules must", linked_rules(context, rules));
}

std::string proofs(const Context& context, const Property& property) {
  std::string rows;
  std::size_t proved = 0;
  std::size_t all = 0;
  std::size_t untouched = 0;
  for (const Proof* proof : context.proofs.of_property(property.name)) {
    if (proof->untouched) {
      ++untouched;
      continue;
    }
    ++all;
    proved += proof->verdict == "proved" ? 1 : 0;
    const Name* rule = context.names.find(Sort::rule, rule_of(proof->rule));
    const std::string name = escaped(proof->rule);
    const std::string href = rule == nullptr ? "" : rule->page + "#" + proof_anchor(proof->rule, proof->property);
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n",
                        href.empty() ? name : link(href, name), verdict_html(*proof), time_html(*proof));
  }
  if (rows.empty()) return "";
  return fmt::format(
      "<details><summary>Proofs: {} of {} rules proved to keep it, {} more cannot affect it</summary>"
      "<div class=\"scroll\"><table class=\"grid\"><thead><tr><th>Rule</th><th>Verdict</th><th>Time</th></tr>"
      "</thead><tbody>\n{}</tbody></table></div></details>\n",
      proved, all, untouched, rows);
}

}  // namespace

std::string property_section(const Context& context, const Property& property) {
  std::string out = "<section class=\"card\">\n" + heading(3, context.names.anchor(Sort::property, property.name),
                                                           fmt::format("<span class=\"sort\">{}</span> <code>{}</code>",
                                                                       word(property.tag), escaped(property.name)));
  out += fmt::format("<p class=\"where\"><span class=\"quiet\">{}</span> {}</p>\n", meaning(property.tag),
                     place_html(context, property.span));
  if (!property.title.empty()) out += "<p class=\"lead\">" + inline_prose(context.names, property.title) + "</p>\n";
  out += prose(context.names, property.doc);
  if (!property.generated) {
    out += "<pre class=\"effects\"><code>" + code(context.names, layout(context.law, property.formula->span)) +
           "</code></pre>\n";
  }
  if (!property.on.empty()) out += "<p>On " + linked_rules(context, property.on) + ".</p>\n";
  return out + touched_by(context, property) + proofs(context, property) + "</section>\n";
}

}  // namespace iolaw::site
