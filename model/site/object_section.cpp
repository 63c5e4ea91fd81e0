// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/law/type_name.hpp"
#include "model/site/code.hpp"
#include "model/site/graphs.hpp"
#include "model/site/html.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

namespace {

std::string fields(const Context& context, const Kind& kind) {
  if (kind.fields.empty()) return "";
  std::string out =
      "<table class=\"rows\"><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>\n";
  for (std::uint32_t i = 0; i < kind.fields.size(); ++i) {
    const Field& field = kind.fields[i];
    std::string role;
    if (field.role == FieldRole::parent) role = "<span class=\"k\">in</span> ";
    if (field.role == FieldRole::holds) role = "<span class=\"k\">holds</span> ";
    if (kind.key == i)
      role = kind.container == Container::slot_map ? "<span class=\"k\">slot</span> " : "<span class=\"k\">at</span> ";
    const std::string words = field.doc.empty() ? remark(context.law, field.span) : field.doc;
    out += fmt::format("<tr><th scope=\"row\">{}<code>{}</code></th><td><code>{}</code></td><td>{}</td></tr>\n", role,
                       escaped(field.name), code(context.names, type_name(context.law, field.type)),
                       inline_prose(context.names, words));
  }
  return out + "</tbody></table>\n";
}

// Who has a field of this role that points here.
std::string pointing(const Context& context, std::uint32_t kind, FieldRole role) {
  std::string out;
  for (const Kind& other : context.law.kinds) {
    for (const Field& field : other.fields) {
      if (field.role != role || field.type.tag != TypeTag::reference || field.type.id != kind) continue;
      out += fmt::format("{}{}<code>.{}</code>", out.empty() ? "" : ", ", linked(context, Sort::object, other.name),
                         escaped(field.name));
    }
  }
  return out;
}

std::string counts(const Context& context, std::uint32_t kind) {
  std::string out;
  for (const Count& count : context.law.counts) {
    if (count.kind != kind || count.terms.empty()) continue;
    out +=
        fmt::format("<li><code>{}</code> <span class=\"quiet\">{}</span></li>\n",
                    code(context.names, declaration(context.law, count.span)), inline_prose(context.names, count.doc));
  }
  return out.empty() ? "" : "<ul class=\"plain\">" + out + "</ul>";
}

std::string moves(const Context& context, const LifeCycle& cycle) {
  const auto value = [&](std::size_t index, const char* outside) {
    return index == kNowhere ? fmt::format("<i>{}</i>", outside) : "<code>" + escaped(cycle.values[index]) + "</code>";
  };
  std::string out = "<table class=\"grid\"><thead><tr><th>from</th><th>to</th><th>by</th></tr></thead><tbody>\n";
  for (const Move& move : cycle.moves) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", value(move.from, "made"),
                       value(move.to, "ended"), linked_rules(context, move.rules));
  }
  return out + "</tbody></table>\n";
}

std::string life(const Context& context, std::uint32_t kind) {
  std::string out;
  for (const LifeCycle& cycle : life_cycles(context.law, kind)) {
    const Kind& self = context.law.kinds.at(kind);
    const std::string picture = life_cycle_graph(context, cycle);
    out += fmt::format(
        "<div class=\"life\"><h4><code>{}.{}</code></h4>\n{}<details{}><summary>Every move</summary>"
        "<div class=\"scroll\">\n{}</div></details></div>\n",
        escaped(self.name), escaped(self.fields[cycle.field].name), picture, picture.empty() ? " open" : "",
        moves(context, cycle));
  }
  return out.empty() ? "" : "<div class=\"lives\">\n" + out + "</div>\n";
}

}  // namespace

std::string object_section(const Context& context, std::uint32_t kind) {
  const Kind& self = context.law.kinds.at(kind);
  std::string out = "<section class=\"card\">\n" +
                    heading(3, context.names.anchor(Sort::object, self.name),
                            "<span class=\"sort\">object</span> <code>" + escaped(self.name) + "</code>");
  out += fmt::format("<p class=\"where\">{}{}</p>\n", self.shared ? "<span class=\"tag\">shared</span> " : "",
                     place_html(context, self.span));
  out += prose(context.names, self.doc) + fields(context, self);
  const auto row = [&out](std::string_view title, const std::string& html) {
    if (!html.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", title, html);
  };
  using Deed = Footprints::Deed;
  out += "<dl class=\"facts\">\n";
  row(self.shared ? "kept alive by" : "kept busy by", pointing(context, kind, FieldRole::holds));
  row("takes with it", pointing(context, kind, FieldRole::parent));
  row("named by", pointing(context, kind, FieldRole::plain));
  row("counts", counts(context, kind));
  row("made by", linked_rules(context, context.footprints.rules(Deed::makes, kind)));
  row("changed by", linked_rules(context, context.footprints.rules(Deed::changes, kind)));
  row("ended by", linked_rules(context, context.footprints.rules(Deed::ends, kind)));
  return out + "</dl>\n" + life(context, kind) + "</section>\n";
}

}  // namespace iolaw::site
