// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/goal_coverage.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "checker/generate/decision_model.hpp"
#include "checker/generate/formulas.hpp"
#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

struct SeenInShare {
  std::set<std::pair<std::uint32_t, std::uint32_t>> branches;  // rule and branch
  std::vector<bool> decisions;
  std::vector<std::size_t> denied;
};

// Goals about what is said to hold before the calls that show those of `decisions`.
std::vector<DecisionGoal> what_is_given(const std::vector<DecisionGoal>& decisions) {
  std::vector<DecisionGoal> all = decisions;
  for (DecisionGoal& goal : all) {
    std::vector<ExprPtr> parts = goal.given;
    parts.insert(parts.end(), goal.forced.begin(), goal.forced.end());
    goal.formula = parts.empty() ? truth(true, *goal.formula) : both(std::move(parts), *goal.formula);
  }
  return all;
}

SeenInShare see(const Law& law, const std::vector<DecisionGoal>& decisions, const std::vector<Sequence>& cases,
                std::size_t share, std::size_t shares) {
  const Model model(law);
  DecisionModel shows(law, decisions);
  const std::vector<DecisionGoal> all_given = what_is_given(decisions);
  DecisionModel given(law, all_given);
  SeenInShare seen{{}, std::vector<bool>(decisions.size(), false), {}};
  for (std::size_t i = share; i < cases.size(); i += shares) {
    World world(law);
    for (const SequenceStep& step : cases[i]) {
      const Call call = world.names().resolve(step);
      State before = world.state();
      const auto played = world.play(model, call);
      if (!played) break;
      seen.branches.emplace(call.rule, played->branch);
      for (const std::size_t goal : shows.of_rule(call.rule)) {
        if (seen.decisions[goal] || !shows.fits(goal, played->branch)) continue;
        if (!shows.shows(goal, before, call)) continue;
        seen.decisions[goal] = true;
        if (given.holds(goal, before, call) == false) seen.denied.push_back(goal);
      }
    }
  }
  return seen;
}

}  // namespace

GoalCoverage goal_coverage(const Law& law, const std::vector<Sequence>& cases, unsigned threads,
                           const std::string& only) {
  GoalCoverage coverage{list_goals(law), {}, list_decisions(law, DecisionDetail::each_part), {}, {}};
  const auto is_other = [&](const auto& goal) { return !only.empty() && law.rules[goal.rule].name != only; };
  std::erase_if(coverage.outcomes, is_other);
  std::erase_if(coverage.decisions, is_other);
  coverage.shown.resize(coverage.decisions.size());
  // Each share has models of its own.
  std::vector<SeenInShare> seen(std::max(1U, threads));
  in_parallel(threads, seen.size(),
              [&](std::size_t share) { seen[share] = see(law, coverage.decisions, cases, share, seen.size()); });
  for (const Goal& goal : coverage.outcomes) {
    coverage.reached.push_back(std::any_of(seen.begin(), seen.end(), [&](const SeenInShare& one) {
      return one.branches.count({goal.rule, goal.branch}) > 0;
    }));
  }
  for (const SeenInShare& one : seen) {
    for (std::size_t i = 0; i < one.decisions.size(); ++i) coverage.shown[i] = coverage.shown[i] || one.decisions[i];
    coverage.denied.insert(coverage.denied.end(), one.denied.begin(), one.denied.end());
  }
  return coverage;
}

std::vector<std::optional<Sequence>> runs_that_show(const Law& law, const std::vector<DecisionGoal>& goals,
                                                    const std::vector<Sequence>& runs, unsigned threads) {
  struct Place {
    std::size_t length = 0;  // 0: none
    std::size_t run = 0;
  };
  const std::size_t shares = std::max(1U, threads);
  std::vector<std::vector<Place>> places(shares, std::vector<Place>(goals.size()));
  in_parallel(threads, shares, [&](std::size_t share) {
    const Model model(law);
    DecisionModel shows(law, goals);
    for (std::size_t run = share; run < runs.size(); run += shares) {
      std::vector<Place>& mine = places[share];
      visit_shown(
          model, shows, runs[run], [](const Call&, std::uint32_t) {},
          [&](std::size_t step, std::size_t goal) { return mine[goal].length == 0 || step + 1 < mine[goal].length; },
          [&](std::size_t step, std::size_t goal) {
            mine[goal] = {step + 1, run};
          });
    }
  });
  std::vector<std::optional<Sequence>> found(goals.size());
  for (std::size_t goal = 0; goal < goals.size(); ++goal) {
    Place best;
    for (const std::vector<Place>& some : places) {
      const Place& one = some[goal];
      const bool shorter = one.length < best.length || (one.length == best.length && one.run < best.run);
      if (one.length != 0 && (best.length == 0 || shorter)) best = one;
    }
    if (best.length == 0) continue;
    const Sequence& run = runs[best.run];
    found[goal] = Sequence(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(best.length));
  }
  return found;
}

}  // namespace iolaw
