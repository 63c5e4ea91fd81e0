// SPDX-License-Identifier: Apache-2.0
// The cases of a suite while it is made, and what they show so far.
#pragma once

#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checker/generate/case_maker.hpp"

namespace iolaw {

class SuiteCases {
 public:
  explicit SuiteCases(const std::vector<DecisionGoal>& decisions) : decided_(decisions.size(), false) {}

  void add(MadeCase made);
  const std::vector<MadeCase>& all() const { return cases_; }
  std::vector<MadeCase> take() { return std::move(cases_); }
  // The calls of the cases, from case `begin` on.
  std::vector<Sequence> calls(std::size_t begin = 0) const;

  // In the order of the law; within one outcome as they were added. False if they stand so.
  bool arrange();
  // Leaves those out that are not needed (parallel to the cases): what they show others show.
  void keep(const std::vector<bool>& needed);

  bool is_subject(std::uint32_t rule, std::uint32_t branch) const { return subjects_.count({rule, branch}) > 0; }
  const std::vector<bool>& decided() const { return decided_; }  // parallel to the goals
  bool shows(const std::string& key) const { return circumstances_.count(key) + slips_.count(key) > 0; }
  const std::unordered_set<std::string>& circumstances() const { return circumstances_; }
  const std::unordered_set<std::string>& slips() const { return slips_; }

 private:
  std::vector<MadeCase> cases_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> subjects_;  // rule and branch
  std::vector<bool> decided_;
  std::unordered_set<std::string> circumstances_;
  std::unordered_set<std::string> slips_;
};

}  // namespace iolaw
