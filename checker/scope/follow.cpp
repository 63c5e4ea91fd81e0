// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/follow.hpp"

#include <algorithm>

#include "checker/smt/expand.hpp"

namespace iolaw::scope {
namespace {

Term reference(Terms& terms, std::uint32_t kind, Word object) {
  return object == kNone ? nobody(terms, kind) : terms.object(kind, static_cast<smt::Integer>(object));
}

// How a call may end that no test could follow: the implementation chooses whether to refuse.
Term refusable(Terms& terms, const Execution& execution) {
  std::vector<Term> any;
  for (std::size_t branch = 0; branch < execution.taken.size(); ++branch) {
    if (execution.rule->branches[branch].may) any.push_back(execution.taken[branch]);
  }
  return terms.disjunction(std::move(any));
}

Term is_sound(Terms& terms, const Execution& execution) {
  return terms.conjunction({execution.room, terms.negate(execution.misfit), terms.negate(execution.unspecified),
                            terms.negate(refusable(terms, execution))});
}

}  // namespace

FollowedRun::FollowedRun(const Law& law, const std::vector<Followed>& run)
    : law_(law), translator_(terms_, law), sizes_(law.kinds.size(), 1) {
  for (const Followed& one : run) {
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      sizes_[kind] = std::max(sizes_[kind], one.after.slots(kind) + 1);
    }
  }
  view_ = std::make_unique<ScopeView>(translator_, first_cells(terms_, law, sizes_));
  for (std::size_t i = 0; i < run.size(); ++i) follow(run[i], i);
}

FollowedRun::~FollowedRun() = default;

void FollowedRun::follow(const Followed& one, std::size_t index) {
  const Rule& rule = law_.rules[one.call.rule];
  std::string prefix = "s";
  prefix.append(std::to_string(index)).append(".");
  std::vector<Value> given;
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    const bool known = type.tag == TypeTag::reference;
    given.push_back(known ? single(reference(terms_, type.id, one.call.arguments[i])) : Value{});
  }
  executions_.push_back(execute(translator_, rule, view_->cells(), sizes_, prefix, assumed_, given));
  const Execution& execution = executions_.back();
  const bool succeeds = one.branch == kSuccess;
  assumed_.push_back(succeeds ? execution.success : execution.taken.at(one.branch));
  assumed_.push_back(is_sound(terms_, execution));
  for (const Term choice : execution.choices) assumed_.push_back(choice);
  Cells next = known(execution.after, one.after, prefix);
  kept_.push_back(std::move(view_));
  view_ = std::make_unique<ScopeView>(translator_, std::move(next));
}

Cells FollowedRun::known(const Cells& cells, const State& state, const std::string& prefix) {
  Cells result = cells;
  const auto is = [&](Term& term, Term value) {
    if (term != value) assumed_.push_back(terms_.equal(term, value));
    term = value;
  };
  for (std::uint32_t k = 0; k < result.kinds.size(); ++k) {
    for (std::size_t i = 0; i < result.kinds[k].size(); ++i) {
      Cells::Row& row = result.kinds[k][i];
      const bool lives = state.lives(k, i);
      is(row.lives, terms_.truth(lives));
      for (std::uint32_t f = 0; f < row.fields.size(); ++f) {
        const Type& type = law_.kinds[k].fields[f].type;
        Value& value = row.fields[f];
        if (!lives) {
          value = default_value(terms_, law_, type);
        } else if (type.tag == TypeTag::reference) {
          is(value.parts[0], reference(terms_, type.id, state.field(k, i, f)[0]));
        } else if (type.maybe) {
          is(value.parts[0], terms_.truth(state.field(k, i, f)[1] != 0));
        }
      }
    }
  }
  return name_cells(terms_, law_, result, prefix + "after.", assumed_);
}

void FollowedRun::call(std::uint32_t rule) {
  assumed_of_last_.clear();
  last_ = execute(translator_, law_.rules[rule], view_->cells(), sizes_, "last.", assumed_of_last_);
  assumed_of_last_.push_back(is_sound(terms_, *last_));
  for (const Term choice : last_->choices) assumed_of_last_.push_back(choice);
  solver_.reset();
}

smt::Solver& FollowedRun::solver() {
  if (solver_) return *solver_;
  solver_ = std::make_unique<smt::Solver>(terms_, smt::Solver::Logic::integers, std::vector<std::string>{});
  for (const auto* assumed : {&assumed_, &assumed_of_last_}) {
    for (const Term term : *assumed) solver_->assume(smt::expand(terms_, term).term);
  }
  return *solver_;
}

std::optional<std::vector<Call>> FollowedRun::find(const Expr& formula, std::uint32_t slots,
                                                   const std::function<bool(std::uint32_t branch)>& fits,
                                                   const smt::Budget& budget) {
  Frame frame(slots);
  for (std::uint32_t i = 0; i < last_->arguments.size(); ++i) frame.set(i, last_->arguments[i]);
  std::vector<Term> ends;
  if (fits(kSuccess)) ends.push_back(last_->success);
  for (std::uint32_t branch = 0; branch < last_->taken.size(); ++branch) {
    if (fits(branch)) ends.push_back(last_->taken[branch]);
  }
  const Term wanted =
      terms_.conjunction({terms_.disjunction(std::move(ends)), translator_.defined(formula, frame, *view_),
                          translator_.formula(formula, frame, *view_)});
  if (wanted->is_false()) return std::nullopt;
  const Term expanded = smt::expand(terms_, wanted).term;
  if (expanded->is_false() || solver().check(budget, {expanded}) != smt::Answer::sat) return std::nullopt;
  std::vector<Call> calls;
  for (const Execution& execution : executions_) calls.push_back(decode_call(law_, *solver_, execution));
  calls.push_back(decode_call(law_, *solver_, *last_));
  return calls;
}

}  // namespace iolaw::scope
