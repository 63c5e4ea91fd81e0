// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/unroll.hpp"

#include "checker/smt/expand.hpp"

namespace iolaw::scope {

Unrolling::Unrolling(const Law& law, std::uint32_t scope)
    : law_(law),
      translator_(terms_, law),
      solver_(terms_, smt::Solver::Logic::integers, {}),
      sizes_(law.kinds.size(), scope) {
  add_call(first_cells(terms_, law, sizes_));
}

void Unrolling::add_call(Cells before) {
  Step step;
  const std::string prefix = std::string("s").append(std::to_string(steps_.size())).append(".");
  std::vector<Term> constraints;
  step.before = std::make_unique<ScopeView>(translator_, std::move(before));
  for (const Rule& rule : law_.rules) {
    if (rule.probe) continue;
    step.executions.push_back(
        execute(translator_, rule, step.before->cells(), sizes_, prefix + rule.name + ".", constraints));
    step.chosen.push_back(terms_.variable(prefix + rule.name, smt::kBoolean));
    for (const Term choice : step.executions.back().choices) {
      constraints.push_back(terms_.implies(step.chosen.back(), choice));
    }
  }
  constraints.push_back(terms_.disjunction(step.chosen));
  for (std::size_t i = 0; i < step.chosen.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      constraints.push_back(terms_.negate(terms_.both(step.chosen[i], step.chosen[j])));
    }
  }
  for (const Term constraint : constraints) solver_.assume(constraint);
  steps_.push_back(std::move(step));
}

void Unrolling::extend() {
  const Step& step = steps_.back();
  Cells next = step.executions.back().after;
  for (std::size_t i = 0; i < step.chosen.size(); ++i) {
    const Execution& execution = step.executions[i];
    const Term sound = terms_.conjunction(
        {execution.progress, execution.room, terms_.negate(execution.misfit), terms_.negate(execution.unspecified)});
    solver_.assume(smt::expand(terms_, terms_.implies(step.chosen[i], sound)).term);
    if (i + 1 < step.chosen.size()) next = choose(terms_, step.chosen[i], execution.after, next);
  }
  std::vector<Term> definitions;
  next =
      name_cells(terms_, law_, next, std::string("s").append(std::to_string(steps_.size())).append(":"), definitions);
  for (const Term definition : definitions) solver_.assume(smt::expand(terms_, definition).term);
  add_call(std::move(next));
}

Term Unrolling::reaches(const Target& target, const Rule* through) {
  const Step& step = steps_.back();
  std::vector<Term> any;
  for (std::size_t i = 0; i < step.chosen.size(); ++i) {
    if (through != nullptr && step.executions[i].rule != through) continue;
    kept_.push_back(std::make_unique<ScopeView>(translator_, step.executions[i].after));
    const Term reached = scope::reaches(translator_, target, *step.before, step.executions[i], *kept_.back());
    any.push_back(terms_.both(step.chosen[i], reached));
  }
  return smt::expand(terms_, terms_.disjunction(std::move(any))).term;
}

const Execution& Unrolling::taken(const Step& step) {
  std::size_t which = 0;
  while (which + 1 < step.chosen.size() && !solver_.truth(step.chosen[which])) ++which;
  return step.executions[which];
}

std::vector<std::pair<Call, Outcome>> Unrolling::calls() {
  std::vector<std::pair<Call, Outcome>> result;
  for (const Step& step : steps_) {
    const Execution& execution = taken(step);
    result.emplace_back(decode_call(law_, solver_, execution), decode_outcome(solver_, execution));
  }
  return result;
}

Wishes Unrolling::wishes() {
  Wishes wishes(law_);
  for (const Step& step : steps_) {
    const Execution& execution = taken(step);
    for (std::size_t i = 0; i < execution.arguments.size(); ++i) {
      wishes.want(execution.rule->parameters[i].type, execution.arguments[i]);
    }
  }
  return wishes;
}

std::vector<Term> Unrolling::rules() {
  std::vector<Term> result;
  for (const Step& step : steps_) {
    for (const Term chosen : step.chosen) {
      if (solver_.truth(chosen)) result.push_back(chosen);
    }
  }
  return result;
}

}  // namespace iolaw::scope
