// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/suite.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include "checker/generate/hunt.hpp"
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

// What the case is about: the last call of a rule that the mutant changes.
std::size_t subject_of(const MutantModel& mutant, const Sequence& sequence) {
  for (std::size_t i = sequence.size(); i-- > 0;) {
    if (mutant.concerns(sequence[i].rule)) return i;
  }
  return sequence.size() - 1;
}

// Leaves out cases whose mutants others tell as well, the longest first; all that stand for an outcome stay.
void drop_needless(const Model& model, const Hunt& hunt, std::vector<Case>& cases) {
  std::vector<std::vector<std::size_t>> kills(cases.size());
  std::vector<std::size_t> killers(hunt.size(), 0);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Sequence sequence = calls_of(cases[i]);
    for (std::size_t mutant = 0; mutant < hunt.size(); ++mutant) {
      if (hunt.is_alive(mutant) || !distinguishes(model, hunt.mutant(mutant), sequence)) continue;
      kills[i].push_back(mutant);
      ++killers[mutant];
    }
  }
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cases[a].steps.size() > cases[b].steps.size(); });
  std::vector<bool> needless(cases.size(), false);
  for (const std::size_t i : order) {
    const auto shared = [&](std::size_t mutant) { return killers[mutant] > 1; };
    if (cases[i].mutant.empty() || !std::all_of(kills[i].begin(), kills[i].end(), shared)) continue;
    needless[i] = true;
    for (const std::size_t mutant : kills[i]) --killers[mutant];
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (needless[i]) continue;
    if (kept != i) cases[kept] = std::move(cases[i]);
    ++kept;
  }
  cases.resize(kept);
}

// By rule and outcome as the law has them; within, as they were made. Numbers them.
void order_cases(const Law& law, std::vector<Case>& cases) {
  const auto place = [](const Case& one) {
    // kSuccess is the greatest: one more is 0, so that success comes first.
    return std::pair(one.rule, one.steps[one.subject].branch + 1);
  };
  std::stable_sort(cases.begin(), cases.end(), [&](const Case& a, const Case& b) { return place(a) < place(b); });
  std::map<std::string, std::uint32_t> numbers;
  for (Case& one : cases) {
    one.id = branch_id(law.rules[one.rule], one.steps[one.subject].branch);
    one.number = ++numbers[one.id];
  }
}

}  // namespace

Case make_case(const Model& model, const Sequence& sequence, std::size_t subject) {
  const Law& law = model.law();
  Case made;
  made.subject = subject;
  made.rule = sequence[subject].rule;
  World world(law);
  std::set<std::string> goals;
  const auto add = [&](const SequenceStep& call) {
    const World before = world;
    const Call resolved = world.names().resolve(call);
    // A handle of the dead that is not safe to use any more becomes "no such object".
    const auto named = before.names().symbolic(before.state(), resolved);
    const auto played = world.play(model, resolved);
    if (!named || !played) throw std::logic_error("a case makes a call of which the law is silent");
    made.steps.push_back(make_step(law.rules[call.rule], *named, *played, before));
    goals.insert(branch_id(law.rules[call.rule], played->branch));
  };
  for (const SequenceStep& call : sequence) add(call);
  for (const SequenceStep& call : observations(model, world)) {
    if (std::find(sequence.begin(), sequence.end(), call) == sequence.end()) add(call);
  }
  made.goals.assign(goals.begin(), goals.end());
  return made;
}

Sequence calls_of(const Case& one) {
  Sequence sequence;
  for (const CaseStep& step : one.steps) sequence.push_back(step.call);
  return sequence;
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
    suite.cases.push_back(make_case(model, sequence, sequence.size() - 1));
  }
  Hunt hunt(model, simplicity, options.seed);
  for (const Case& one : suite.cases) hunt.strike(calls_of(one));
  Budget hunting(options.hunt_calls);
  hunt.run(witnesses.pool, options.hunt_draws, options.minimize_calls, hunting, [&](const Kill& kill) {
    const MutantModel& mutant = hunt.mutant(kill.mutant);
    Case made = make_case(model, kill.sequence, subject_of(mutant, kill.sequence));
    made.mutant = mutant.mutant().text;
    suite.cases.push_back(std::move(made));
    return calls_of(suite.cases.back());
  });
  suite.calls += hunting.spent();
  suite.mutants = hunt.size();
  for (std::size_t i = 0; i < hunt.size(); ++i) {
    if (hunt.is_alive(i)) suite.survivors.push_back(hunt.mutant(i).mutant().text);
  }
  drop_needless(model, hunt, suite.cases);
  order_cases(law, suite.cases);
  return suite;
}

}  // namespace iolaw
