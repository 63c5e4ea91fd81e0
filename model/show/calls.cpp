// SPDX-License-Identifier: Apache-2.0
#include "model/show/calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

namespace iolaw::show {

bool names_call(const Citation& citation) {
  constexpr std::string_view kTestHeader = "_test.h";
  const std::string& file = citation.file;
  const bool header = file.find("uapi/") != std::string::npos ||
                      (file.size() > kTestHeader.size() &&
                       file.compare(file.size() - kTestHeader.size(), kTestHeader.size(), kTestHeader) == 0);
  return header && !citation.anchor.empty() &&
         citation.anchor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
}

std::vector<std::string> call_names(const Rule& rule) {
  std::vector<std::string> names;
  for (const Citation& citation : rule.citations) {
    if (names_call(citation)) names.push_back(citation.anchor);
  }
  return names;
}

std::vector<CallFamily> call_families(const Law& law, bool probes) {
  std::map<std::string, CallFamily> commands;
  std::map<std::string, CallFamily> others;
  for (std::uint32_t i = 0; i < law.rules.size(); ++i) {
    const Rule& rule = law.rules[i];
    if (rule.probe && !probes) continue;
    const std::vector<std::string> names = call_names(rule);
    const std::string name = names.empty() ? rule.name.substr(0, rule.name.find('.')) + ".*" : names.front();
    CallFamily& family = (names.empty() ? others : commands)[name];
    family.name = name;
    family.is_command = !names.empty();
    family.rules.push_back(i);
  }
  std::vector<CallFamily> families;
  for (auto* part : {&commands, &others}) {
    for (auto& [name, family] : *part) families.push_back(std::move(family));
  }
  return families;
}

OutcomeCounts count_outcomes(const Law& law, const std::vector<std::uint32_t>& rules) {
  OutcomeCounts counts{rules.size(), 0, 0};
  std::set<int> errors;
  for (const std::uint32_t index : rules) {
    ++counts.outcomes;
    for (const Branch& branch : law.rules.at(index).branches) {
      if (branch.unspecified) continue;
      ++counts.outcomes;
      errors.insert(branch.errors.begin(), branch.errors.end());
    }
  }
  counts.errnos = errors.size();
  return counts;
}

std::string outcome_table(const Law& law) {
  std::string out = "| call | rules | outcomes | errnos |\n|---|---:|---:|---:|\n";
  const auto row = [&](const std::string& name, const OutcomeCounts& counts) {
    out += fmt::format("| {} | {} | {} | {} |\n", name, counts.rules, counts.outcomes, counts.errnos);
  };
  for (const CallFamily& family : call_families(law, true)) {
    row("`" + family.name + "`", count_outcomes(law, family.rules));
  }
  std::vector<std::uint32_t> all(law.rules.size());
  std::iota(all.begin(), all.end(), 0U);
  row("**all**", count_outcomes(law, all));
  return out;
}

}  // namespace iolaw::show
