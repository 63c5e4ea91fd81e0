// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/case.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "checker/generate/observe.hpp"

namespace iolaw {
namespace {

CaseStep make_step(const Model& model, const SequenceStep& call, const Call& resolved, const Played& played,
                   const World& before) {
  const Rule& rule = model.law().rules[call.rule];
  CaseStep step{call, played.branch, {}, {}, {}, {}};
  if (played.branch != kSuccess) {
    step.errors = rule.branches[played.branch].errors;
    return step;
  }
  step.results = played.outcome.results;
  for (std::size_t i = 0; i < step.results.size(); ++i) {
    const Type& type = rule.results[i].type;
    // A new object may have the index of one that died; its handle is the port's choice all the same.
    const bool known =
        type.tag == TypeTag::reference && step.results[i] && before.state().lives(type.id, *step.results[i]);
    step.objects.push_back(known ? before.names().name(type.id, *step.results[i]) : std::nullopt);
    step.choices.emplace_back();
    if (is_chosen_number(rule, i)) {
      step.choices.back() = permitted_numbers(model, before.state(), resolved, played.outcome, i);
    }
  }
  return step;
}

}  // namespace

Case make_case(const Model& model, const Sequence& sequence, std::size_t subject,
               const std::vector<SequenceStep>& telling, const Closing* closing) {
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
    made.steps.push_back(make_step(model, *named, resolved, *played, before));
    goals.insert(branch_id(law.rules[call.rule], played->branch));
  };
  for (const SequenceStep& call : sequence) add(call);
  made.calls = made.steps.size();
  for (const SequenceStep& call : telling) add(call);
  for (const SequenceStep& call : observations(model, world)) {
    if (std::find(sequence.begin(), sequence.end(), call) == sequence.end()) add(call);
  }
  made.closing = made.steps.size();
  if (closing != nullptr) {
    for (const SequenceStep& call : closing->calls(world)) add(call);
  }
  made.goals.assign(goals.begin(), goals.end());
  return made;
}

Sequence calls_of(const Case& one) {
  Sequence sequence;
  for (const CaseStep& step : one.steps) sequence.push_back(step.call);
  return sequence;
}

bool stands_before(const Case& a, const Case& b) {
  const auto place = [](const Case& one) {
    // kSuccess is the greatest: one more is 0, so that success comes first.
    return std::pair(one.rule, one.steps[one.subject].branch + 1);
  };
  return place(a) < place(b);
}

void number_cases(const Law& law, std::vector<Case>& cases) {
  std::map<std::string, std::uint32_t> numbers;
  for (Case& one : cases) {
    one.id = branch_id(law.rules[one.rule], one.steps[one.subject].branch);
    one.number = ++numbers[one.id];
  }
}

}  // namespace iolaw
