// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/handle_names.hpp"

#include <algorithm>
#include <cctype>

namespace iolaw {

std::string small_letters(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !result.empty()) result += '_';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

std::map<Place, std::string> name_handles(const Law& law, const Case& one) {
  std::map<Place, std::string> names;
  const auto use = [&](const Argument& argument) {
    if (argument.step != Argument::kNoStep) names[{argument.step, argument.result}];
  };
  for (const CaseStep& step : one.steps) {
    for (const Argument& argument : step.call.arguments) use(argument);
    for (const auto& object : step.objects) {
      if (object) use(*object);
    }
  }
  std::map<std::uint32_t, int> counters;
  for (auto& [place, name] : names) {
    const CaseStep& step = one.steps[static_cast<std::size_t>(place.first)];
    const std::uint32_t kind = law.rules[step.call.rule].results[place.second].type.id;
    name = small_letters(law.kinds[kind].name) + std::to_string(counters[kind]++);
  }
  return names;
}

std::optional<Version> needed_version(const Law& law, const Case& one) {
  std::optional<Version> needed;
  for (const CaseStep& step : one.steps) {
    const Rule& rule = law.rules[step.call.rule];
    needed = std::max(needed, rule.restriction.since);
    if (step.branch != kSuccess) needed = std::max(needed, rule.branches[step.branch].restriction.since);
  }
  return needed;
}

}  // namespace iolaw
