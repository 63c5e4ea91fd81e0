// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/dead_lines.hpp"

#include "checker/prove/refute_decisions.hpp"

namespace iolaw {
namespace {

// A search in vain takes longer.
constexpr smt::Budget kBudget{.resources = 2'000'000, .milliseconds = 60'000};

}  // namespace

std::set<std::string> dead_lines(const Law& law, const std::set<std::string>& names, Cache& cache, unsigned threads) {
  if (names.empty()) return {};
  std::vector<DecisionGoal> asked;
  for (DecisionGoal& failure : list_failures(law)) {
    if (names.count(failure.id) > 0) asked.push_back(std::move(failure));
  }
  std::set<std::string> dead;
  if (asked.empty()) return dead;
  const RefuteOptions options{.threads = threads, .budget = kBudget};
  const std::vector<Reachability> answers = refute_decisions(law, asked, cache, options);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (answers[i] == Reachability::impossible) dead.insert(asked[i].id);
  }
  return dead;
}

}  // namespace iolaw
