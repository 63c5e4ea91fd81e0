// SPDX-License-Identifier: Apache-2.0
#include "model/show/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace iolaw::show {

std::string source_text(const Law& law, Span span) {
  const std::string_view text =
      std::string_view(law.files.at(span.file).text).substr(span.begin, span.end - span.begin);
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
      gap = true;
      continue;
    }
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += text[at];
  }
  return out;
}

std::string place(const Law& law, Span span) {
  const SourceFile& file = law.files.at(span.file);
  const auto begin = file.text.begin();
  return fmt::format("{}:{}", file.path, 1 + std::count(begin, begin + span.begin, '\n'));
}

std::string type_name(const Law& law, const Type& type) {
  std::string name;
  switch (type.tag) {
    case TypeTag::boolean:
      name = "bool";
      break;
    case TypeTag::u64:
      name = "u64";
      break;
    case TypeTag::pow2:
      name = "pow2";
      break;
    case TypeTag::nat:
      name = "nat";
      break;
    case TypeTag::interval:
      name = "interval";
      break;
    case TypeTag::enumeration:
      name = law.enums.at(type.id).name;
      break;
    case TypeTag::flags:
      name = law.flag_sets.at(type.id).name;
      break;
    case TypeTag::reference:
      name = law.kinds.at(type.id).name;
      break;
  }
  return type.maybe ? "maybe " + name : name;
}

std::string signature(const Law& law, const Rule& rule) {
  const auto list = [&law](const auto& parts) {
    std::string out;
    for (const auto& part : parts)
      out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", part.name, type_name(law, part.type));
    return out;
  };
  std::string out = fmt::format("{}({})", rule.name, list(rule.parameters));
  if (!rule.results.empty()) out += " -> " + list(rule.results);
  return out;
}

std::string errors_text(const Branch& branch) {
  if (branch.unspecified) return "unspecified";
  std::string out;
  for (const int error : branch.errors) out += (out.empty() ? "" : " or ") + errno_name(error);
  return out;
}

std::string condition_text(const Law& law, const Branch& branch) {
  const Expr& condition = branch.unless ? *branch.condition->children.at(0) : *branch.condition;
  return (branch.unless ? "unless " : "when ") + source_text(law, condition.span);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
        diagonal = above;
      }
    }
    return row.back();
  };
  std::string best;
  std::size_t least = word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    const std::size_t here = distance(word, candidate);
    if (here < least) {
      least = here;
      best = candidate;
    }
  }
  return best;
}

std::string columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? fmt::format("{:<{}}  ", row[i], widths[i]) : row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace iolaw::show
