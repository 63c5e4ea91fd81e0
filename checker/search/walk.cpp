// SPDX-License-Identifier: Apache-2.0
#include "checker/search/walk.hpp"

#include <algorithm>

namespace iolaw::search {
namespace {

using scope::Target;

std::vector<Counts> needs_of(const std::vector<Goal>& goals) {
  std::vector<Counts> needs;
  for (const Goal& goal : goals) needs.push_back(goal.needs);
  return needs;
}

}  // namespace

Walk::Walk(const WalkProblem& problem, WalkScope scope)
    : problem_(problem),
      law_(problem.spoken.law()),
      scope_(scope),
      arguments_(law_),
      distance_(law_, problem.rules, needs_of(problem.goals), problem.depth),
      store_(law_),
      keys_(law_),
      here_(law_),
      scratch_(law_) {
  open_.resize(problem.depth + 2);
  for (auto& by_depth : open_) by_depth.resize(problem.depth + 1);
  add(State(law_), 0, {});
}

void Walk::add(const State& state, std::uint32_t from, const Call& call) {
  const std::uint32_t depth = nodes_.empty() ? 0 : nodes_[from].depth + 1;
  const Distance::Ways& ways = distance_.from(state);
  if (ways.shortest == Distance::kNever || depth + ways.shortest > problem_.depth) return;
  const StateKey key = keys_.of(state);
  const auto [at, fresh] = seen_.try_emplace(key, depth);
  if (!fresh && at->second <= depth) return;
  at->second = depth;
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({from, store_.add(state), depth, key, call});
  if (ways.shortest == 1) open_[depth + 1][depth].push_back({node, true});
  lengths_.assign(problem_.depth + 1, false);
  for (const std::uint32_t way : ways.by_rule) {
    if (way == Distance::kNever || depth + way > problem_.depth || lengths_[depth + way]) continue;
    lengths_[depth + way] = true;
    open_[depth + way][depth].push_back({node, false});
  }
}

Walk::End Walk::advance(std::uint32_t length, std::uint64_t& calls, const std::function<bool()>& stop) {
  std::vector<std::vector<Entry>>& by_depth = open_[length];
  while (true) {
    // The deepest first: no way is nearer to its end.
    auto deepest = std::find_if(by_depth.rbegin(), by_depth.rend(), [](const auto& some) { return !some.empty(); });
    if (deepest == by_depth.rend()) return End::none;
    if (calls == 0 || stop()) return End::budget;
    const Entry entry = deepest->back();
    deepest->pop_back();
    if (seen_[nodes_[entry.node].key] < nodes_[entry.node].depth) continue;  // there is a shorter way to it
    if (entry.last_call) {
      look(entry.node, calls);
    } else {
      grow(entry.node, length, calls);
    }
    if (found_) return End::found;
  }
}

void Walk::arrive(std::uint32_t node) {
  store_.get(nodes_[node].place, here_);
  scratch_ = here_;
  dirty_ = false;
  counts_ = {};
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) counts_.at_least(kind, here_.population(kind));
}

std::uint32_t Walk::make(const Call& call, std::uint64_t& calls) {
  if (dirty_) scratch_ = here_;
  dirty_ = false;
  thrown_ = false;
  if (calls > 0) --calls;
  try {
    Outcome outcome;
    const std::optional<std::uint32_t> branch = problem_.spoken.step(scratch_, call, outcome);
    if (!branch) return kNothing;
    const Rule& rule = law_.rules[call.rule];
    dirty_ = *branch == kSuccess || !rule.eaches.empty() || !rule.late.empty();
    return *branch;
  } catch (const EvaluationError&) {
    thrown_ = true;
    return kNothing;
  }
}

void Walk::grow(std::uint32_t node, std::uint32_t length, std::uint64_t& calls) {
  arrive(node);
  const std::vector<std::uint32_t> ways = distance_.from(here_).by_rule;
  for (std::size_t i = 0; i < problem_.rules.size(); ++i) {
    const std::uint32_t rule = problem_.rules[i];
    if (ways[i] == Distance::kNever || nodes_[node].depth + ways[i] != length) continue;
    arguments_.for_each(here_, rule, scope_.width, Arguments::Ask::changes, [&](const Call& call) {
      if (calls == 0) return kStop;
      const std::uint32_t branch = make(call, calls);
      if (branch == kNothing || !dirty_) return branch;
      for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
        if (scratch_.population(kind) > scope_.population) return branch;
      }
      add(scratch_, node, call);
      return branch;
    });
  }
  // What was not tried for want of calls is left for nobody: the walk is over then.
}

bool Walk::reached(const Target& target, const Call& call, std::uint32_t branch) {
  if (target.tag == Target::Tag::misfit) return thrown_;
  if (thrown_ || branch == kNothing) return false;
  if (target.tag == Target::Tag::outcome) {
    if (branch == target.branch) return true;
    if (target.branch == kSuccess || !law_.rules[target.rule].branches[target.branch].may) return false;
    const std::vector<std::uint32_t> refusals = problem_.model.refusals(here_, call);
    return std::find(refusals.begin(), refusals.end(), target.branch) != refusals.end();
  }
  const Property& property = *target.property;
  if (!dirty_ || (!property.on.empty() && branch != kSuccess)) return false;
  try {
    if (property.tag == Property::Tag::step) return !problem_.model.holds(property, here_, &scratch_, &call);
    return problem_.model.holds(property, scratch_) == (target.tag == Target::Tag::cover);
  } catch (const EvaluationError&) {
    return target.tag == Target::Tag::violation;
  }
}

void Walk::look(std::uint32_t node, std::uint64_t& calls) {
  arrive(node);
  const std::vector<Goal>& goals = problem_.goals;
  for (std::size_t first = 0; first < goals.size() && !found_; ++first) {
    const std::uint32_t rule = goals[first].rule;
    const auto same = [&](const Goal& goal) { return goal.rule == rule; };
    if (std::any_of(goals.begin(), goals.begin() + static_cast<std::ptrdiff_t>(first), same)) continue;
    std::vector<std::size_t> wanted;
    bool state_only = true;
    for (const Goal& goal : goals) {
      if (!same(goal) || !counts_meet(goal.needs)) continue;
      wanted.push_back(goal.target);
      const Target& target = problem_.targets[goal.target];
      const bool step = target.property != nullptr && target.property->tag == Property::Tag::step;
      state_only = state_only && target.property != nullptr && !step;
    }
    if (wanted.empty()) continue;
    const Arguments::Ask ask = state_only ? Arguments::Ask::changes : Arguments::Ask::ends;
    arguments_.for_each(here_, rule, scope_.width, ask, [&](const Call& call) {
      if (calls == 0) return kStop;
      const std::uint32_t branch = make(call, calls);
      if (state_only && (!dirty_ || !judged_.insert(keys_.of(scratch_)).second)) return branch;
      for (const std::size_t target : wanted) {
        if (!reached(problem_.targets[target], call, branch)) continue;
        found_ = Found{target, {call}};
        for (std::uint32_t at = node; nodes_[at].depth > 0; at = nodes_[at].from)
          found_->calls.push_back(nodes_[at].call);
        std::reverse(found_->calls.begin(), found_->calls.end());
        return kStop;
      }
      return branch;
    });
  }
}

}  // namespace iolaw::search
