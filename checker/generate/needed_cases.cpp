// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/needed_cases.hpp"

#include <algorithm>
#include <map>

#include "checker/generate/select_cases.hpp"

namespace iolaw {

std::vector<bool> needed_cases(const std::vector<MadeCase>& cases, const std::vector<bool>& fixed) {
  std::vector<Shown> shown(cases.size());
  std::map<std::string, std::uint32_t> numbers;
  const auto number = [&](const std::string& key) {
    return numbers.emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second;
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& one = cases[i].made;
    std::vector<std::uint32_t>& goals = shown[i].goals;
    shown[i].steps = one.steps.size();
    goals.push_back(
        number("outcome " + std::to_string(one.rule) + " " + std::to_string(one.steps[one.subject].branch)));
    for (const std::string& key : cases[i].circumstances) goals.push_back(number(key));
    for (const std::string& key : cases[i].slips) goals.push_back(number(key));
    for (const std::size_t goal : cases[i].decisions) goals.push_back(number("decision " + std::to_string(goal)));
    if (fixed[i]) goals.push_back(number("fixed " + std::to_string(i)));
    std::sort(goals.begin(), goals.end());
    goals.erase(std::unique(goals.begin(), goals.end()), goals.end());
  }
  return select_cases(shown);
}

}  // namespace iolaw
