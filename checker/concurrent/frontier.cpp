// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/frontier.hpp"

#include <algorithm>
#include <utility>

namespace iolaw::concurrent {
namespace {

// The living object of a kind with that handle, or kNone.
Word object_of(const Configuration& at, std::uint32_t kind, std::uint64_t handle) {
  if (handle == kNoHandle) return kNone;
  const std::vector<std::uint64_t>& handles = at.handles[kind];
  for (Word object = 0; object < handles.size(); ++object) {
    if (handles[object] == handle && at.state.lives(kind, object)) return object;
  }
  return kNone;
}

// Whether a living object, of whatever kind, has the handle; objects that live in `before` alone do not count.
bool is_taken(const HandleTable& table, const State& before, const State& after, std::uint64_t handle) {
  for (std::uint32_t kind = 0; kind < table.size(); ++kind) {
    for (Word object = 0; object < table[kind].size(); ++object) {
      if (table[kind][object] == handle && before.lives(kind, object) && after.lives(kind, object)) return true;
    }
  }
  return false;
}

}  // namespace

Frontier::Frontier(const Model& model, const History& history)
    : model_(model), history_(history), leeway_(model.law()), initial_(model.law()) {
  reset();
}

void Frontier::reset() {
  configurations_.assign(1, {initial_, HandleTable(model_.law().kinds.size()), {}, {}});
  silent_ = false;
}

void Frontier::begin(std::uint32_t call) {
  for (Configuration& each : configurations_) each.pending.push_back({call, false, {}});
}

Call Frontier::in_model_terms(const Configuration& at, std::uint32_t index) const {
  const RecordedCall& recorded = history_.calls[index];
  const Rule& rule = model_.law().rules[recorded.rule];
  Call call{recorded.rule, recorded.arguments};
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag == TypeTag::reference) call.arguments[i] = object_of(at, type.id, call.arguments[i]);
  }
  return call;
}

Outcome Frontier::outcome_in_model_terms(const Configuration& at, std::uint32_t index) const {
  const RecordedCall& recorded = history_.calls[index];
  const Rule& rule = model_.law().rules[recorded.rule];
  Outcome outcome{recorded.error, recorded.results};
  for (std::size_t i = 0; i < outcome.results.size() && i < rule.results.size(); ++i) {
    const Type& type = rule.results[i].type;
    if (outcome.results[i] && type.tag == TypeTag::reference)
      outcome.results[i] = object_of(at, type.id, *outcome.results[i]);
  }
  return outcome;
}

// Whether the recorded answer is this outcome, which leads to `next`.
bool Frontier::answers(const Configuration& from, const RecordedCall& call, const Outcome& outcome,
                       const State& next) const {
  if (call.error != outcome.error) return false;
  if (call.error != 0) return true;
  const Rule& rule = model_.law().rules[call.rule];
  if (call.results.size() != outcome.results.size()) return false;
  for (std::size_t i = 0; i < rule.results.size(); ++i) {
    const Type& type = rule.results[i].type;
    const std::optional<std::uint64_t>& seen = call.results[i];
    const std::optional<Word>& expected = outcome.results[i];
    if (type.tag != TypeTag::reference || !expected || !seen) {
      if (seen != expected) return false;
    } else if (from.state.lives(type.id, *expected)) {
      const std::vector<std::uint64_t>& handles = from.handles[type.id];
      if (*expected >= handles.size() || handles[*expected] != *seen) return false;
    } else if (*seen == kNoHandle || is_taken(from.handles, from.state, next, *seen)) {
      return false;
    }
  }
  return true;
}

void Frontier::keep(Configuration&& found, std::vector<Configuration>& among) {
  for (const Configuration& known : among) {
    if (known.same(found)) return;
  }
  ++visited_;
  among.push_back(std::move(found));
}

// The call took effect, wholly if there is an outcome.
void Frontier::take(const Configuration& from, std::size_t which, State&& next, const Outcome* outcome, bool leeway) {
  const std::uint32_t index = from.pending[which].call;
  Configuration found{std::move(next), from.handles, from.pending, from.order};
  found.order.push_back({index, outcome != nullptr, leeway});
  if (outcome != nullptr) found.pending[which] = {index, true, {}};
  const RecordedCall& call = history_.calls[index];
  const Rule& rule = model_.law().rules[call.rule];
  // An index that lives again has another object, whose handle only a result can tell.
  for (std::uint32_t kind = 0; kind < found.handles.size(); ++kind) {
    std::vector<std::uint64_t>& handles = found.handles[kind];
    for (Word object = 0; object < handles.size(); ++object) {
      if (!found.state.lives(kind, object) || !from.state.lives(kind, object)) handles[object] = kNoHandle;
    }
    while (!handles.empty() && handles.back() == kNoHandle) handles.pop_back();
  }
  if (outcome != nullptr && outcome->error == 0) {
    for (std::size_t i = 0; i < outcome->results.size(); ++i) {
      const Type& type = rule.results[i].type;
      if (type.tag != TypeTag::reference || !outcome->results[i]) continue;
      std::vector<std::uint64_t>& handles = found.handles[type.id];
      const Word object = *outcome->results[i];
      if (!found.state.lives(type.id, object)) continue;
      if (object >= handles.size()) handles.resize(object + 1, kNoHandle);
      handles[object] = *call.results[i];
    }
  }
  next_.push_back(std::move(found));
}

void Frontier::advance(const Configuration& from, std::size_t which) {
  next_.clear();
  const Configuration::Pending& pending = from.pending[which];
  const RecordedCall& recorded = history_.calls[pending.call];
  const Rule& rule = model_.law().rules[recorded.rule];
  const Call call = in_model_terms(from, pending.call);
  const auto names_error = [&](std::uint32_t branch) {
    const std::vector<int>& errors = rule.branches[branch].errors;
    return std::find(errors.begin(), errors.end(), recorded.error) != errors.end();
  };
  Outcome outcome;
  if (model_.has_choice(recorded.rule)) {
    const Outcome observed = outcome_in_model_terms(from, pending.call);
    std::vector<Allowed> all = model_.allowed(from.state, call, &observed);
    if (all.empty()) silent_ = true;
    for (Allowed& allowed : all) {
      if (!answers(from, recorded, allowed.outcome, allowed.next)) continue;
      take(from, which, std::move(allowed.next), &allowed.outcome, false);
    }
  } else {
    State& next = scratch_;
    next = from.state;
    Progress progress = pending.progress;
    const bool pieces = model_.has_pieces(recorded.rule);
    Model::Advance made;
    if (pieces) {
      made = model_.advance(next, call, progress, outcome);
    } else if (const auto branch = model_.step(next, call, outcome)) {
      made.branch = *branch;
    } else {
      made.stage = Model::Advance::Stage::unspecified;
    }
    if (made.stage == Model::Advance::Stage::unspecified) {
      silent_ = true;
    } else if (made.stage == Model::Advance::Stage::on_its_way) {
      take(from, which, State(next), nullptr, false);
      next_.back().pending[which].progress = std::move(progress);
    } else {
      if (made.branch != kSuccess && names_error(made.branch)) outcome.error = recorded.error;
      if (answers(from, recorded, outcome, next)) take(from, which, State(next), &outcome, false);
    }
  }
  // One of pieces may have been refused before it came to those that the law has next.
  const bool given_up = recorded.error != 0 && model_.has_pieces(recorded.rule);
  if ((next_.empty() || given_up) && leeway_.excuses(history_, pending.call)) {
    outcome = {recorded.error, recorded.results};
    take(from, which, State(from.state), &outcome, true);
  }
}

bool Frontier::end(std::uint32_t call) {
  std::vector<Configuration> ended;
  seen_.clear();
  for (const Configuration& each : configurations_) seen_.push_back(each);
  // seen_ grows while it is walked: what follows from a configuration is looked at too.
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const auto own = std::find_if(seen_[i].pending.begin(), seen_[i].pending.end(),
                                  [call](const Configuration::Pending& pending) { return pending.call == call; });
    if (own->done) {
      Configuration found = seen_[i];
      found.pending.erase(found.pending.begin() + (own - seen_[i].pending.begin()));
      keep(std::move(found), ended);
      continue;
    }
    for (std::size_t which = 0; which < seen_[i].pending.size(); ++which) {
      if (seen_[i].pending[which].done) continue;
      const Configuration from = seen_[i];
      advance(from, which);
      for (Configuration& next : next_) keep(std::move(next), seen_);
    }
  }
  if (ended.empty()) return false;
  configurations_ = std::move(ended);
  return true;
}

std::optional<std::uint32_t> Frontier::feed(std::uint32_t from) {
  struct Event {
    std::uint64_t time;
    std::uint32_t call;
    bool ends;
  };
  std::vector<Event> events;
  for (std::uint32_t i = from; i < history_.calls.size(); ++i) {
    events.push_back({history_.calls[i].invoked, i, false});
    events.push_back({history_.calls[i].returned, i, true});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  for (const Event& event : events) {
    if (!event.ends) {
      begin(event.call);
    } else if (!end(event.call)) {
      return event.call;
    }
  }
  return std::nullopt;
}

}  // namespace iolaw::concurrent
