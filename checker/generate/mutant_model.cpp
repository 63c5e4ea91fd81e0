// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/mutant_model.hpp"

#include <algorithm>

namespace iolaw {
namespace {

// The mutant's state beside the law's, kept only while they differ.
class Shadow {
 public:
  explicit Shadow(const MutantModel& mutant) : mutant_(mutant) {}

  // Whether the next call needs nothing but what the law does in it.
  bool follows(const Call& call) const { return !own_ && !mutant_.concerns(call.rule); }

  // The next call; `before`, `after` and `choices` are the law's.
  MutantModel::Answer step(State& before, const Call& call, const Played& played, const State& after,
                           Choices& choices) {
    if (!own_) {
      if (!mutant_.concerns(call.rule) || !mutant_.may_differ(before, call, played.branch))
        return MutantModel::Answer::same;
      if (mutant_.chooses_otherwise(before, call, played, choices)) return MutantModel::Answer::differs;
      own_ = before;
    }
    const MutantModel::Answer answer = mutant_.step(*own_, call, played);
    if (answer == MutantModel::Answer::same && *own_ == after) own_.reset();
    return answer;
  }

 private:
  const MutantModel& mutant_;
  std::optional<State> own_;
};

}  // namespace

MutantModel::MutantModel(const Model& model, Mutant mutant) : law_model_(model), mutant_(std::move(mutant)) {
  for (const auto* readers : {&mutant_.rules, &mutant_.probes}) {
    for (const std::uint32_t rule : *readers) {
      Concern& added = concerns_.emplace_back(Concern{rule, FirstChange(model.law(), mutant_, rule), kNoChecks});
      if (!added.change.has_checks()) continue;
      added.checks = static_cast<std::uint32_t>(mutant_.law.rules.size());
      mutant_.law.rules.push_back(added.change.checks());
    }
  }
  model_.emplace(mutant_.law);
}

const MutantModel::Concern* MutantModel::concern(std::uint32_t rule) const {
  const auto found =
      std::find_if(concerns_.begin(), concerns_.end(), [&](const Concern& one) { return one.rule == rule; });
  return found == concerns_.end() ? nullptr : &*found;
}

MutantModel::Answer MutantModel::step(State& state, const Call& call, const Played& expected) const {
  const bool own = concerns(call.rule);
  const Model& model = own ? *model_ : law_model_;
  try {
    Outcome outcome;
    std::optional<std::uint32_t> branch;
    if (expected.branch == kSuccess && chooses_number(law_model_.law().rules[call.rule])) {
      std::vector<Allowed> allowed = model.allowed(state, call, &expected.outcome);
      if (allowed.empty()) return Answer::silent;
      branch = allowed.front().branch;
      outcome = std::move(allowed.front().outcome);
      state = std::move(allowed.front().next);
    } else {
      branch = model.step(state, call, outcome);
    }
    if (!branch) return Answer::silent;
    if (*branch == kSuccess || expected.branch == kSuccess) {
      return outcome == expected.outcome ? Answer::same : Answer::differs;
    }
    const std::vector<Branch>& wanted = law_model_.law().rules[call.rule].branches;
    const std::vector<Branch>& given = own ? mutant_.law.rules[call.rule].branches : wanted;
    return given[*branch].errors == wanted[expected.branch].errors ? Answer::same : Answer::differs;
  } catch (const std::exception&) {
    return mutant_.reordered ? Answer::unknown : Answer::differs;
  }
}

bool MutantModel::chooses_otherwise(const State& before, const Call& call, const Played& expected, Choices& law) const {
  const Concern* concern_of_rule = concern(call.rule);
  if (expected.branch != kSuccess || concern_of_rule == nullptr || !concern_of_rule->change.changes_choice())
    return false;
  for (const auto& [result, word, permitted] : law.of(law_model_, before, call, expected.outcome)) {
    try {
      if (permits(*model_, before, call, expected.outcome, result, word) != permitted) return true;
    } catch (const std::exception&) {
      return true;
    }
  }
  return false;
}

bool MutantModel::may_differ(State& before, const Call& call, std::uint32_t branch) const {
  const Concern* concern_of_rule = concern(call.rule);
  if (concern_of_rule == nullptr) return false;
  switch (concern_of_rule->change.of(branch)) {
    case FirstChange::Verdict::same:
      return false;
    case FirstChange::Verdict::ask:
      return true;
    case FirstChange::Verdict::checks:
      break;
  }
  return model_->applies(before, Call{concern_of_rule->checks, call.arguments}).value_or(true);
}

std::optional<MutantModel::Answer> MutantModel::answer(const Call& call, std::uint32_t branch,
                                                       CheckTruths& truths) const {
  const Concern* concern_of_rule = concern(call.rule);
  if (concern_of_rule == nullptr || !concern_of_rule->change.is_order()) return std::nullopt;
  const FirstChange& change = concern_of_rule->change;
  if (change.of(branch) == FirstChange::Verdict::same) return Answer::same;
  const Rule& rule = law_model_.law().rules[call.rule];
  for (std::uint32_t item = change.first() + 1; item <= change.last(); ++item) {
    const Item& one = rule.items[item];
    if (one.tag == Item::Tag::let) continue;
    switch (truths.of(item)) {
      case CheckTruths::Truth::without_value:
        return Answer::unknown;
      case CheckTruths::Truth::yes:
        if (one.tag == Item::Tag::unspecified) return Answer::silent;
        return rule.branches[one.branch].errors == rule.branches[branch].errors ? Answer::same : Answer::differs;
      default:
        break;
    }
  }
  return Answer::same;
}

LawRun::LawRun(const Model& model, const Sequence& sequence) {
  World world(model.law());
  states.push_back(world.state());
  for (const SequenceStep& step : sequence) {
    Call call = world.names().resolve(step);
    std::optional<Played> one = world.play(model, call);
    if (!one) return;
    calls.push_back(std::move(call));
    played.push_back(std::move(*one));
    states.push_back(world.state());
  }
  choices.resize(calls.size());
}

namespace {

// The first step of which the mutant's answer is not the law's, and that answer.
std::optional<std::pair<std::size_t, MutantModel::Answer>> first_difference(const MutantModel& mutant, LawRun& run) {
  Shadow shadow(mutant);
  for (std::size_t i = 0; i < run.calls.size(); ++i) {
    const MutantModel::Answer answer =
        shadow.step(run.states[i], run.calls[i], run.played[i], run.states[i + 1], run.choices[i]);
    if (answer != MutantModel::Answer::same) return std::pair(i, answer);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> distinguishes(const MutantModel& mutant, LawRun& run) {
  const auto found = first_difference(mutant, run);
  if (!found || found->second == MutantModel::Answer::unknown) return std::nullopt;
  return found->first;
}

std::optional<std::size_t> distinguishes(const Model& model, const MutantModel& mutant, const Sequence& sequence) {
  World world(model.law());
  Shadow shadow(mutant);
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const Call call = world.names().resolve(sequence[i]);
    if (shadow.follows(call)) {
      if (!world.play(model, call)) return std::nullopt;
      continue;
    }
    State before = world.state();
    const auto played = world.play(model, call);
    if (!played) return std::nullopt;
    Choices choices;
    switch (shadow.step(before, call, *played, world.state(), choices)) {
      case MutantModel::Answer::same:
        break;
      case MutantModel::Answer::differs:
      case MutantModel::Answer::silent:
        return i;
      case MutantModel::Answer::unknown:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace iolaw
