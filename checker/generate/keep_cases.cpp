// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/keep_cases.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

// The part of a sequence of which the law speaks, and the branches of its calls.
std::vector<std::uint32_t> branches_of(const Model& model, Sequence& sequence) {
  std::vector<std::uint32_t> branches;
  World world(model.law());
  for (const SequenceStep& step : sequence) {
    try {
      const auto played = world.play(model, world.names().resolve(step));
      if (!played) break;
      branches.push_back(played->branch);
    } catch (const EvaluationError&) {
      break;  // an object of another kind than the law now expects to live there
    }
  }
  sequence.resize(branches.size());
  return branches;
}

class ReasonCheck {
 public:
  ReasonCheck(const std::vector<DecisionGoal>& decisions, const MutantHunts& mutants) : mutants_(mutants) {
    for (std::size_t i = 0; i < decisions.size(); ++i) decisions_.emplace(decisions[i].id, i);
  }

  // Whether the case shows what it was made for. One thread at a time.
  bool holds(const KeptCase& kept, const MadeCase& made) const {
    if (kept.reason.empty()) return true;
    if (kept.reason.starts_with(kTellsMutant)) {
      return mutants_.tells(kept.reason.substr(kTellsMutant.size()), calls_of(made.made));
    }
    const auto [first, last] = decisions_.equal_range(kept.reason);
    const auto shows = [&](const auto& one) {
      return std::binary_search(made.decisions.begin(), made.decisions.end(), one.second);
    };
    return std::any_of(first, last, shows) || has(made.circumstances, kept.reason) || has(made.slips, kept.reason);
  }

 private:
  static bool has(const std::vector<std::string>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }

  const MutantHunts& mutants_;
  std::multimap<std::string, std::size_t> decisions_;  // by ID
};

}  // namespace

KeptMade keep_cases(const std::vector<KeptCase>& kept, const std::vector<DecisionGoal>& decisions,
                    const MutantHunts& mutants, Workers<CaseMaker>& makers, unsigned threads) {
  std::vector<std::optional<MadeCase>> made(kept.size());
  std::vector<Sequence> scraps(kept.size());
  in_parallel(threads, kept.size(), [&](std::size_t i) {
    const auto maker = makers.borrow();
    scraps[i] = kept[i].sequence;
    const std::vector<std::uint32_t> branches = branches_of(maker->model(), scraps[i]);
    const std::size_t subject = kept[i].subject;
    if (branches.size() < kept[i].sequence.size()) return;
    const Rule& rule = maker->model().law().rules[kept[i].sequence[subject].rule];
    if (branch_id(rule, branches[subject]) != kept[i].id) return;
    made[i] = maker->make({kept[i].sequence, subject, kept[i].reason});
  });
  const ReasonCheck check(decisions, mutants);
  KeptMade result;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (made[i] && check.holds(kept[i], *made[i])) {
      result.cases.push_back(std::move(*made[i]));
      continue;
    }
    result.lost.push_back(kept[i].reason.empty() ? kept[i].id : kept[i].reason);
    if (!scraps[i].empty()) result.scraps.push_back(std::move(scraps[i]));
  }
  return result;
}

}  // namespace iolaw
