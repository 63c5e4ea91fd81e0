// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite_cases.hpp"

#include <algorithm>

namespace iolaw {

void SuiteCases::add(MadeCase made) {
  const Case& one = made.made;
  subjects_.emplace(one.rule, one.steps[one.subject].branch);
  for (const std::size_t goal : made.decisions) decided_[goal] = true;
  circumstances_.insert(made.circumstances.begin(), made.circumstances.end());
  slips_.insert(made.slips.begin(), made.slips.end());
  cases_.push_back(std::move(made));
}

std::vector<Sequence> SuiteCases::calls(std::size_t begin) const {
  std::vector<Sequence> sequences;
  for (std::size_t i = begin; i < cases_.size(); ++i) sequences.push_back(calls_of(cases_[i].made));
  return sequences;
}

bool SuiteCases::arrange() {
  const auto before = [](const MadeCase& a, const MadeCase& b) { return stands_before(a.made, b.made); };
  if (std::is_sorted(cases_.begin(), cases_.end(), before)) return false;
  std::stable_sort(cases_.begin(), cases_.end(), before);
  return true;
}

void SuiteCases::keep(const std::vector<bool>& needed) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    if (!needed[i]) continue;
    if (kept != i) cases_[kept] = std::move(cases_[i]);
    ++kept;
  }
  cases_.erase(cases_.begin() + static_cast<std::ptrdiff_t>(kept), cases_.end());
}

}  // namespace iolaw
