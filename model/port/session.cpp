// SPDX-License-Identifier: Apache-2.0
#include "model/port/session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace iolaw {

Session::Session(const Model& model, Port& port) : model_(model), port_(port), initial_(model.law()) {
  const auto has = [](const Rule& rule, Item::Tag tag) {
    return std::any_of(rule.items.begin(), rule.items.end(), [&](const Item& item) { return item.tag == tag; });
  };
  for (const Rule& rule : model.law().rules) {
    picks_.push_back(has(rule, Item::Tag::choose));
    chooses_.push_back(picks_.back() || has(rule, Item::Tag::may_fail));
  }
  reset();
}

void Session::reset() {
  state_ = initial_;
  handles_.resize(model_.law().kinds.size());
  for (std::vector<std::uint64_t>& handles : handles_) handles.clear();
  told_.clear();
  ended_.clear();
  next_name_ = 0;
  if (ahead_ != nullptr) {
    ahead_->tell_reset();
  } else {
    port_.reset();
  }
}

std::uint64_t Session::handle_of(std::uint32_t kind, Word object) const {
  return object < handles_[kind].size() ? handles_[kind][object] : kNoHandle;
}

bool Session::owned_by_live(std::uint64_t handle) const {
  for (std::uint32_t kind = 0; kind < handles_.size(); ++kind) {
    for (Word object = 0; object < handles_[kind].size(); ++object) {
      if (handles_[kind][object] == handle && state_.lives(kind, object)) return true;
    }
  }
  return false;
}

// The call's arguments as the port's, read in the state before the call. False if an object has no handle that we know.
bool Session::translate(const Rule& rule, const Call& call) {
  arguments_.resize(rule.parameters.size());
  for (std::size_t which = 0; which < rule.parameters.size(); ++which) {
    const Type& type = rule.parameters[which].type;
    const Word argument = call.arguments[which];
    if (type.tag != TypeTag::reference) {
      arguments_[which] = argument;
      continue;
    }
    const std::uint64_t handle = argument == kNone ? kNoHandle : handle_of(type.id, argument);
    if (state_.lives(type.id, argument)) {
      if (handle == kNoHandle) {
        finding_.note = "no result ever named " + to_string(model_.law(), type, &call.arguments[which]);
        return false;
      }
      arguments_[which] = handle;
    } else {
      // The old handle of a dead object, unless the port gave it out again.
      arguments_[which] = owned_by_live(handle) ? kNoHandle : handle;
    }
  }
  return true;
}

bool Session::matches(const Rule& rule, const PortAnswer& answer, const Outcome& outcome, const State& next) {
  if (answer.error != outcome.error) return false;
  if (outcome.error != 0) return true;
  if (answer.results.size() != rule.results.size()) {
    finding_.note = fmt::format("{} results, the rule has {}", answer.results.size(), rule.results.size());
    return false;
  }
  for (std::size_t which = 0; which < rule.results.size(); ++which) {
    const Result& result = rule.results[which];
    const std::optional<std::uint64_t>& seen = answer.results[which];
    const std::optional<Word>& expected = outcome.results[which];
    if (result.type.tag != TypeTag::reference || !expected || !seen) {
      if (seen != expected) return false;
      continue;
    }
    const bool fresh = !before_.lives(result.type.id, *expected) && next.lives(result.type.id, *expected);
    if (!fresh) {
      if (*seen != handle_of(result.type.id, *expected)) return false;
      continue;
    }
    const auto earlier = answer.results.begin() + static_cast<std::ptrdiff_t>(which);
    if (*seen == kNoHandle || owned_by_live(*seen) || std::find(answer.results.begin(), earlier, seen) != earlier) {
      finding_.note = fmt::format("result {}: the handle {:#x} does not name a new object", result.name, *seen);
      return false;
    }
  }
  return true;
}

void Session::bind(const Rule& rule, const PortAnswer& answer, const Outcome& outcome) {
  for (std::size_t which = 0; which < outcome.results.size(); ++which) {
    const Type& type = rule.results[which].type;
    if (type.tag != TypeTag::reference || !outcome.results[which]) continue;
    std::vector<std::uint64_t>& handles = handles_[type.id];
    const Word object = *outcome.results[which];
    if (object >= handles.size()) handles.resize(object + 1, kNoHandle);
    handles[object] = *answer.results[which];
  }
}

Outcome Session::in_model_terms(const Rule& rule, const PortAnswer& answer) const {
  Outcome outcome{answer.error, {}};
  for (std::size_t which = 0; which < answer.results.size() && which < rule.results.size(); ++which) {
    std::optional<Word> value = answer.results[which];
    const Type& type = rule.results[which].type;
    if (value && type.tag == TypeTag::reference) {
      const std::vector<std::uint64_t>& handles = handles_[type.id];
      Word object = 0;
      while (object < handles.size() && (handles[object] != *value || !before_.lives(type.id, object))) ++object;
      value = object < handles.size() ? object : kNone;
    }
    outcome.results.push_back(value);
  }
  return outcome;
}

// Whether the port chose an object that does not live: the law cannot be asked about such a choice.
bool Session::chose_nothing(const Rule& rule, const Outcome& observed) const {
  for (std::size_t i = 0; i < observed.results.size() && i < rule.results.size(); ++i) {
    const Result& result = rule.results[i];
    if (result.type.tag != TypeTag::reference || !observed.results[i]) continue;
    if (before_.lives(result.type.id, *observed.results[i])) continue;
    if (std::any_of(rule.items.begin(), rule.items.end(),
                    [&](const Item& item) { return item.tag == Item::Tag::choose && item.name == result.name; })) {
      return true;
    }
  }
  return false;
}

Session::Verdict Session::differ(const Call& call, const PortAnswer& answer) {
  const Rule& rule = model_.law().rules[call.rule];
  finding_.observed = in_model_terms(rule, answer);
  const bool choice_of_nothing = chooses_[call.rule] && chose_nothing(rule, finding_.observed);
  finding_.allowed = model_.allowed(before_, call, choice_of_nothing ? nullptr : &finding_.observed);
  if (!finding_.allowed.empty()) finding_.branch = finding_.allowed.front().branch;
  if (choice_of_nothing) {
    finding_.note = "it names an object that does not live";
  } else {
    finding_.reasons = model_.explain(before_, call, finding_.observed);
  }
  return finding_.verdict = Verdict::differs;
}

void Session::begin(const Call& call) {
  finding_.verdict = Verdict::agrees;
  finding_.call = call;
  finding_.branch = kSuccess;
  finding_.note.clear();
  finding_.allowed.clear();
  finding_.reasons.clear();
}

Session::Verdict Session::step(const Call& call) {
  begin(call);
  before_ = state_;
  const bool translated = translate(model_.law().rules[call.rule], call);
  const std::optional<std::uint32_t> branch = model_.step_to_choice(state_, call, outcome_);
  if (!branch) return finding_.verdict = Verdict::unspecified;
  return made(make(call, *branch, translated, model_.end().choice));
}

Session::Verdict Session::step(const Call& call, Expected& expected) {
  begin(call);
  const bool translated = translate(model_.law().rules[call.rule], call);
  std::swap(before_, state_);
  std::swap(state_, expected.next);
  std::swap(outcome_, expected.outcome);
  return made(make(call, expected.branch, translated, false));
}

Session::Verdict Session::made(Verdict verdict) {
  if (ahead_ != nullptr && verdict == Verdict::agrees && message_.what == ToldCall::What::ask) add_ended();
  return verdict;
}

// What is left once the law was asked; `open`: what follows depends on what the port chooses.
Session::Verdict Session::make(const Call& call, std::uint32_t branch, bool translated, bool open) {
  const Rule& rule = model_.law().rules[call.rule];
  if (!translated) {
    state_ = before_;
    return finding_.verdict = Verdict::unsupported;
  }
  finding_.branch = branch;

  PortAnswer answer;
  if (ahead_ != nullptr) {
    std::optional<PortAnswer> told = tell(call, branch);
    if (!told) {
      finding_.observed = outcome_;
      return Verdict::agrees;
    }
    answer = std::move(*told);
  } else {
    answer = port_.call(rule.name, arguments_);
  }
  if (answer.status != PortAnswer::Status::answered) {
    state_ = before_;
    finding_.note = answer.note;
    const bool broken = answer.status == PortAnswer::Status::broken;
    return finding_.verdict = broken ? Verdict::broken : Verdict::unsupported;
  }

  if (chooses_[call.rule]) return step_with_choice(call, answer, open);
  if (branch != kSuccess) {
    const std::vector<int>& errors = rule.branches[branch].errors;
    if (std::find(errors.begin(), errors.end(), answer.error) == errors.end()) return differ(call, answer);
    outcome_.error = answer.error;
    forget_old_handles();
  } else {
    forget_old_handles();
    if (!matches(rule, answer, outcome_, state_)) return differ(call, answer);
    bind(rule, answer, outcome_);
  }
  finding_.observed = outcome_;
  return Verdict::agrees;
}

// An index that lives again has a new object, whose handle only a result can tell.
void Session::forget_old_handles() {
  if (State::surely_same(state_, before_)) return;
  for (std::uint32_t kind = 0; kind < handles_.size(); ++kind) {
    if (State::surely_same(state_, before_, kind)) continue;
    for (Word object = 0; object < handles_[kind].size(); ++object) {
      if (state_.lives(kind, object) && !before_.lives(kind, object)) handles_[kind][object] = kNoHandle;
    }
  }
}

// Whether the answer is the expected one, but for the objects that it names.
bool Session::same_numbers(const Rule& rule, const PortAnswer& answer) const {
  if (answer.error != outcome_.error) return false;
  if (answer.error != 0) return true;
  for (std::size_t which = 0; which < rule.results.size() && which < answer.results.size(); ++which) {
    const bool is_object = rule.results[which].type.tag == TypeTag::reference;
    if (!is_object && answer.results[which] != outcome_.results[which]) return false;
  }
  return true;
}

Session::Verdict Session::step_with_choice(const Call& call, const PortAnswer& answer, bool open) {
  const Rule& rule = model_.law().rules[call.rule];
  const Outcome observed = in_model_terms(rule, answer);
  if (chose_nothing(rule, observed)) return differ(call, answer);
  if (open) {
    const std::optional<std::uint32_t> branch = model_.step_as(state_, call, outcome_, observed);
    if (!branch) return finding_.verdict = Verdict::unspecified;
    finding_.branch = *branch;
  }
  // Mostly nothing was refused.
  if (same_numbers(rule, answer)) {
    forget_old_handles();
    if (matches(rule, answer, outcome_, state_)) {
      bind(rule, answer, outcome_);
      finding_.observed = outcome_;
      return Verdict::agrees;
    }
  }
  for (Allowed& allowed : model_.allowed(before_, call, &observed)) {
    if (allowed.outcome.error != answer.error) continue;
    state_ = std::move(allowed.next);
    forget_old_handles();
    if (!matches(rule, answer, allowed.outcome, state_)) continue;
    bind(rule, answer, allowed.outcome);
    finding_.branch = allowed.branch;
    finding_.observed = std::move(allowed.outcome);
    return Verdict::agrees;
  }
  return differ(call, answer);
}

Session::Verdict Session::probe(std::uint64_t* asked) {
  for (const Call& call : probe_calls(model_.law(), state_)) {
    const Verdict verdict = step(call);
    if (verdict == Verdict::unspecified || verdict == Verdict::unsupported) continue;
    if (asked != nullptr) ++*asked;
    if (verdict != Verdict::agrees) return verdict;
  }
  finding_.verdict = Verdict::agrees;
  return Verdict::agrees;
}

std::string to_string(Session::Verdict verdict) {
  switch (verdict) {
    case Session::Verdict::agrees:
      return "agrees";
    case Session::Verdict::differs:
      return "differs";
    case Session::Verdict::unspecified:
      return "unspecified";
    case Session::Verdict::unsupported:
      return "unsupported";
    case Session::Verdict::broken:
      return "broken";
  }
  return {};
}

std::string to_text(const Law& law, const Session::Finding& finding) {
  std::string text = to_string(law, finding.call) + "\n";
  if (finding.verdict == Session::Verdict::differs) {
    // The observed errno names no branch of the law.
    text += "  observed: " + to_string(law, finding.call, finding.observed, kSuccess) + "\n";
    for (const Allowed& allowed : finding.allowed) {
      text += "  allowed:  " + to_string(law, finding.call, allowed.outcome, allowed.branch) + "\n";
    }
  } else {
    text += "  " + to_string(finding.verdict) + "\n";
  }
  if (!finding.note.empty()) text += "  note: " + finding.note + "\n";
  for (const Reason& reason : finding.reasons) {
    std::string indented = "  ";
    for (const char letter : reason.text) {
      indented += letter;
      if (letter == '\n') indented += "  ";
    }
    text += indented + "\n";
  }
  return text;
}

}  // namespace iolaw
