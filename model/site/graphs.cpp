// SPDX-License-Identifier: Apache-2.0
#include "model/site/graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "model/site/html.hpp"

namespace iolaw::site {

namespace {

constexpr std::size_t kMostNamedRules = 5;

constexpr std::string_view kGraphStyle =
    "  bgcolor=transparent;\n  node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=12, height=0.36, "
    "margin=\"0.14,0.05\"];\n  edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7];\n";

std::string arrows(const Context& context) {
  std::string out =
      "<table class=\"grid\"><thead><tr><th>Object</th><th>lives in</th><th>holds</th></tr></thead><tbody>\n";
  for (const Kind& kind : context.law.kinds) {
    std::string cells[2];
    for (const Field& field : kind.fields) {
      if (field.role == FieldRole::plain) continue;
      std::string& cell = cells[field.role == FieldRole::parent ? 0 : 1];
      const std::string& target = context.law.kinds.at(field.type.id).name;
      cell += (cell.empty() ? "" : ", ") + linked(context, Sort::object, target);
      if (field.type.maybe) cell += " (or none)";
    }
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
                       linked(context, Sort::object, kind.name), cells[0], cells[1]);
  }
  return out + "</tbody></table>\n";
}

std::string object_dot(const Context& context) {
  std::string out = fmt::format("digraph law {{\n{}  rankdir=BT;\n  ranksep=0.45;\n  nodesep=0.22;\n", kGraphStyle);
  for (const Kind& kind : context.law.kinds) {
    out += fmt::format("  {} [URL=\"{}\"{}];\n", kind.name, context.names.find(Sort::object, kind.name)->href(),
                       kind.shared ? ", class=\"shared\"" : "");
  }
  for (const Kind& kind : context.law.kinds) {
    for (const Field& field : kind.fields) {
      if (field.role == FieldRole::plain) continue;
      const bool parent = field.role == FieldRole::parent;
      out += fmt::format("  {} -> {} [label=\" {}\"{}];\n", kind.name, context.law.kinds.at(field.type.id).name,
                         parent ? "in" : field.name, parent ? ", style=dashed" : "");
    }
  }
  return out + "}\n";
}

std::string edge_label(const Context& context, const Move& move) {
  std::string out;
  for (std::size_t i = 0; i < move.rules.size(); ++i) {
    if (i == kMostNamedRules && move.rules.size() > kMostNamedRules + 1) {
      out += fmt::format(" and {} more\\l", move.rules.size() - i);
      break;
    }
    out += " " + context.law.rules[move.rules[i]].name + "\\l";
  }
  return out;
}

std::string life_cycle_dot(const Context& context, const LifeCycle& cycle) {
  std::string out = fmt::format("digraph life {{\n{}  rankdir=LR;\n  ranksep=0.6;\n", kGraphStyle);
  const auto node = [](std::size_t value) {
    return value == kNowhere ? std::string("outside") : fmt::format("v{}", value);
  };
  for (std::size_t i = 0; i < cycle.values.size(); ++i) {
    const auto uses = [i](const Move& move) { return move.from == i || move.to == i; };
    if (std::any_of(cycle.moves.begin(), cycle.moves.end(), uses))
      out += fmt::format("  v{} [label=\"{}\"];\n", i, cycle.values[i]);
  }
  out += "  begin [shape=circle, style=filled, label=\"\", fixedsize=true, width=0.14, height=0.14, class=\"dot\"];\n";
  out +=
      "  end [shape=doublecircle, style=filled, label=\"\", fixedsize=true, width=0.12, height=0.12, class=\"dot\"];\n";
  for (const Move& move : cycle.moves) {
    out += fmt::format("  {} -> {} [label=\"{}\"];\n", move.from == kNowhere ? "begin" : node(move.from),
                       move.to == kNowhere ? "end" : node(move.to), edge_label(context, move));
  }
  return out + "}\n";
}

}  // namespace

std::string inline_svg(const std::string& svg, const std::string& label) {
  const std::size_t begin = svg.find("<svg");
  if (begin == std::string::npos) return "";
  std::string out = svg.substr(begin);
  // Names of nodes would clash with those of other pictures in the page; colours are the stylesheet's.
  static const std::regex kOwn(
      " (id|fill|stroke|font-family|font-size|target|xmlns|xmlns:xlink|xlink:title|class|text-decoration)=\"[^\"]*\"");
  static const std::regex kTag("<(/?)([a-z]+)");
  static const std::regex kRemark("<!--[^>]*-->\n?|<title>[^<]*</title>\n?");
  out = std::regex_replace(out, kRemark, "");
  out = std::regex_replace(out, std::regex(" class=\"(node|edge|graph)( dot| shared)?\""), " data-part=\"$1$2\"");
  out = std::regex_replace(out, kOwn, "");
  out = std::regex_replace(out, std::regex("data-part"), "class");
  out = std::regex_replace(out, std::regex("xlink:href"), "href");
  return fmt::format("<svg role=\"img\" aria-label=\"{}\"{}", escaped(label), out.substr(4));
}

std::string object_graph(const Context& context) {
  std::string out;
  if (const auto svg = context.draw(object_dot(context))) {
    out += "<figure><div class=\"scroll picture\">\n" + inline_svg(*svg, "Who holds whom, and who lives in whom") +
           "</div>\n<figcaption>Solid arrows hold: what they point to stays while the holder lives. Dashed arrows live "
           "in: they die with what they point to. Shaded objects are shared: they live while somebody "
           "holds them.</figcaption></figure>\n";
  } else {
    out +=
        "<p class=\"missing\">There is no picture here: the program <code>dot</code> (Debian package graphviz) was "
        "missing when these pages were written. The table says the same.</p>\n";
  }
  return out + "<details><summary>The graph as a table</summary><div class=\"scroll\">\n" + arrows(context) +
         "</div></details>\n";
}

std::string life_cycle_graph(const Context& context, const LifeCycle& cycle) {
  const auto svg = context.draw(life_cycle_dot(context, cycle));
  if (!svg) return "";
  const Kind& kind = context.law.kinds.at(cycle.kind);
  return "<div class=\"scroll picture\">" +
         inline_svg(*svg, fmt::format("How {}.{} changes", kind.name, kind.fields[cycle.field].name)) + "</div>\n";
}

}  // namespace iolaw::site
