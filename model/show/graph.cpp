// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "model/show/show.hpp"

namespace iolaw::show {

namespace {

std::string arrow(const Law& law, GraphFormat format, const Kind& kind, const Field& field) {
  const std::string& target = law.kinds.at(field.type.id).name;
  const bool parent = field.role == FieldRole::parent;
  if (format == GraphFormat::dot) {
    return fmt::format("  {} -> {} [label=\"{}\"{}];\n", kind.name, target, parent ? "in" : field.name,
                       parent ? ", style=dashed" : "");
  }
  return fmt::format("  {} {}|{}| {}\n", kind.name, parent ? "-.->" : "-->", parent ? "in" : field.name, target);
}

}  // namespace

std::string graph(const Law& law, GraphFormat format) {
  std::string out = format == GraphFormat::dot ? "digraph law {\n  node [shape=box];\n" : "graph TD\n";
  for (const Kind& kind : law.kinds) {
    if (format == GraphFormat::dot) {
      out += fmt::format("  {}{};\n", kind.name, kind.shared ? " [style=rounded]" : "");
    } else {
      out += fmt::format("  {}{}{}{}\n", kind.name, kind.shared ? "(" : "[", kind.name, kind.shared ? ")" : "]");
    }
  }
  for (const Kind& kind : law.kinds) {
    for (const Field& field : kind.fields) {
      if (field.type.tag == TypeTag::reference && field.role != FieldRole::plain)
        out += arrow(law, format, kind, field);
    }
  }
  return out + (format == GraphFormat::dot ? "}\n" : "");
}

}  // namespace iolaw::show
