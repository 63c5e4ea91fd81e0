// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "checker/generate/minimize.hpp"
#include "checker/generate/observe.hpp"
#include "checker/generate/witness.hpp"

namespace iolaw {
namespace {

CaseStep make_step(const Rule& rule, const SequenceStep& call, const Played& played, const World& before) {
  CaseStep step{call, played.branch, {}, {}, {}};
  if (played.branch != kSuccess) {
    step.errors = rule.branches[played.branch].errors;
    return step;
  }
  step.results = played.outcome.results;
  for (std::size_t i = 0; i < step.results.size(); ++i) {
    const Type& type = rule.results[i].type;
    const bool object = type.tag == TypeTag::reference && step.results[i];
    step.objects.push_back(object ? before.names().name(type.id, *step.results[i]) : std::nullopt);
  }
  return step;
}

}  // namespace

Case make_case(const Model& model, std::string id, const Sequence& sequence) {
  const Law& law = model.law();
  Case made{std::move(id), {}, sequence.size() - 1, sequence.back().rule, {}};
  World world(law);
  std::set<std::string> goals;
  const auto add = [&](const SequenceStep& call) {
    const World before = world;
    const auto played = world.play(model, world.names().resolve(call));
    if (!played) throw std::logic_error("a case makes a call of which the law is silent");
    made.steps.push_back(make_step(law.rules[call.rule], call, *played, before));
    goals.insert(branch_id(law.rules[call.rule], played->branch));
  };
  for (const SequenceStep& call : sequence) add(call);
  for (const SequenceStep& call : observations(model, world)) add(call);
  made.goals.assign(goals.begin(), goals.end());
  return made;
}

Suite generate_suite(const Model& model, const GenerateOptions& options) {
  const Law& law = model.law();
  const Simplicity simplicity(law);
  const std::vector<Goal> goals = list_goals(law);
  Budget budget(options.explore_calls);
  ExploreOptions explore_options;
  explore_options.seed = options.seed;
  Witnesses witnesses = find_witnesses(model, goals, explore_options, budget);
  Suite suite;
  suite.goals = goals.size();
  suite.calls = budget.spent();
  for (std::size_t i = 0; i < goals.size(); ++i) {
    std::optional<Sequence>& witness = witnesses.of_goal[i];
    if (!witness && options.fallback) witness = options.fallback(goals[i]);
    if (!witness || !reaches(model, goals[i], *witness)) {
      suite.uncovered.push_back(goals[i].id);
      continue;
    }
    Budget minimizing(options.minimize_calls);
    const Sequence sequence = minimize(law, simplicity, std::move(*witness), minimizing,
                                       [&](const Sequence& candidate) { return reaches(model, goals[i], candidate); });
    suite.calls += minimizing.spent();
    suite.cases.push_back(make_case(model, goals[i].id, sequence));
  }
  return suite;
}

}  // namespace iolaw
