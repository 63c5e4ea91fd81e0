// SPDX-License-Identifier: Apache-2.0
#include "model/show/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "model/law/type_name.hpp"

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
  return (branch.may ? "may " : branch.keeps ? "but " : "") + out;
}

std::string restriction_text(const Law& law, const Restriction& restriction) {
  std::string out;
  for (const std::uint32_t profile : restriction.only)
    out += (out.empty() ? "only " : ", ") + law.profiles.at(profile).name;
  if (restriction.since) {
    out +=
        fmt::format("{}since linux {}.{}", out.empty() ? "" : " ", restriction.since->major, restriction.since->minor);
  }
  return out;
}

std::string view_text(const Law& law) {
  std::string out = law.profile ? "profile " + law.profiles.at(*law.profile).name : "";
  if (law.version) out += fmt::format("{}linux {}.{}", out.empty() ? "" : ", ", law.version->major, law.version->minor);
  return out;
}

std::string condition_text(const Law& law, const Branch& branch) {
  const Expr& condition = branch.unless ? *branch.condition->children.at(0) : *branch.condition;
  return (branch.unless ? "unless " : "when ") + source_text(law, condition.span);
}

std::string each_text(const Law& law, const Each& each) {
  const std::string_view text =
      std::string_view(law.files.at(each.span.file).text).substr(each.span.begin, each.span.end - each.span.begin);
  const auto length = static_cast<std::uint32_t>(std::min(text.find('{'), text.size()));
  std::string head = source_text(law, {each.span.file, each.span.begin, each.span.begin + length});
  if (head.compare(0, 5, "each ") == 0) head.erase(0, 5);
  return head.substr(0, head.find_last_not_of(' ') + 1);
}

std::string errnos_text(const Rule& rule) {
  std::vector<int> order;
  for (const Branch& branch : rule.branches) {
    for (const int error : branch.errors) {
      if (std::find(order.begin(), order.end(), error) == order.end()) order.push_back(error);
    }
  }
  std::string out;
  for (const int error : order) out += (out.empty() ? "" : " ") + errno_name(error);
  return out.empty() ? "never fails" : out;
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
