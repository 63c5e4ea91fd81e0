// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/ledger.hpp"

namespace iolaw {

Ledger::Ledger(const Law& law) : law_(&law), made_(law.rules.size(), 0), refused_(law.rules.size(), 0) {
  for (const Rule& rule : law.rules) {
    first_.push_back(all_);
    all_ += 1 + rule.branches.size();
    lines_.emplace_back(1 + rule.branches.size());
  }
  seen_pairs_.assign(all_ * all_, false);
}

bool Ledger::paired(std::uint32_t rule, std::uint32_t branch, std::uint32_t next_rule, std::uint32_t next_branch) {
  const std::size_t place = (first_[rule] + index_of(branch)) * all_ + first_[next_rule] + index_of(next_branch);
  if (seen_pairs_[place]) return false;
  seen_pairs_[place] = true;
  ++pairs_;
  return true;
}

bool Ledger::made(std::uint32_t rule, std::uint32_t branch) {
  ++made_[rule];
  if (lines_[rule][index_of(branch)].made++ != 0) return false;
  ++outcomes_;
  return true;
}

void Ledger::refused(std::uint32_t rule, std::uint32_t branch, const std::string& reason) {
  ++refused_[rule];
  ++lines_[rule][index_of(branch)].refused;
  unsupported_.try_emplace(law_->rules[rule].name, reason);
}

bool Ledger::hopeless(std::uint32_t rule, std::uint32_t branch) const {
  const Line& line = lines_[rule][index_of(branch)];
  return line.made == 0 && line.refused >= kRefusals;
}

}  // namespace iolaw
