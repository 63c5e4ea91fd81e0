// SPDX-License-Identifier: Apache-2.0
// What a campaign reached: which outcomes the law took, and which calls the port cannot make.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

class Ledger {
 public:
  explicit Ledger(const Law& law);

  // The port made a call that ended so, and agreed. Whether that is the first of its outcome.
  bool made(std::uint32_t rule, std::uint32_t branch);
  // One call ended so, the next one so, and they have to do with each other. Whether that is the first time.
  bool paired(std::uint32_t rule, std::uint32_t branch, std::uint32_t next_rule, std::uint32_t next_branch);
  // The port could not make a call that would end so.
  void refused(std::uint32_t rule, std::uint32_t branch, const std::string& reason);

  // Whether the port refused several calls that would end so, or several of the rule, and made none.
  bool hopeless(std::uint32_t rule, std::uint32_t branch) const;
  bool hopeless(std::uint32_t rule) const { return made_[rule] == 0 && refused_[rule] >= kRefusalsOfRule; }

  std::uint64_t taken(std::uint32_t rule, std::uint32_t branch) const { return lines_[rule][index_of(branch)].made; }
  std::size_t outcomes() const { return outcomes_; }  // that were taken at least once
  std::size_t pairs() const { return pairs_; }        // that were seen at least once
  const std::map<std::string, std::string>& unsupported() const { return unsupported_; }  // rule -> the port's reason

 private:
  static constexpr std::uint32_t kRefusals = 2;
  static constexpr std::uint32_t kRefusalsOfRule = 24;
  struct Line {
    std::uint64_t made = 0;
    std::uint32_t refused = 0;
  };

  static std::size_t index_of(std::uint32_t branch) { return branch == kSuccess ? 0 : 1 + std::size_t{branch}; }

  const Law* law_;
  std::vector<std::vector<Line>> lines_;  // per rule: success, then its branches
  std::vector<std::uint64_t> made_;       // per rule
  std::vector<std::uint32_t> refused_;    // per rule
  std::vector<std::size_t> first_;        // per rule: the number of its first outcome among all
  std::size_t all_ = 0;                   // outcomes of the law
  std::vector<bool> seen_pairs_;
  std::size_t outcomes_ = 0;
  std::size_t pairs_ = 0;
  std::map<std::string, std::string> unsupported_;
};

}  // namespace iolaw
