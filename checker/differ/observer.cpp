// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/observer.hpp"

#include <algorithm>

namespace iolaw {
namespace {

constexpr int kProbeDraws = 6;  // probes drawn, at most, for one that is asked
constexpr int kCompared = 3;    // of which so many are weighed
constexpr std::size_t kRemembered = 16;
constexpr std::uint64_t kAnywhere = 3;  // one of so many is about anything
constexpr std::size_t kMostRelated = 48;
constexpr Word kProbedPage = 4096;

// An answer that is not just 0, or none.
bool has_something(const Outcome& outcome) {
  return std::any_of(outcome.results.begin(), outcome.results.end(),
                     [](const std::optional<Word>& result) { return result && *result != 0; });
}

}  // namespace

Observer::Observer(const Model& model) : model_(model), law_(model.law()), anywhere_(model.law()) {
  for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
    if (!law_.rules[rule].probe) continue;
    std::size_t times = 1;
    for (const Parameter& parameter : law_.rules[rule].parameters) {
      times += parameter.type.tag == TypeTag::reference ? 1 : 8;
    }
    probes_.insert(probes_.end(), times, rule);
  }
}

void Observer::turn_to(const State& before, const State& after, const Call& call, std::uint32_t outcome) {
  outcome_ = outcome;
  numbers_.clear();
  relate(before, call);
  relate(after, call);
}

void Observer::relate(const State& state, const Call& call) {
  related_.clear();
  const std::vector<Parameter>& parameters = law_.rules[call.rule].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag == TypeTag::u64) numbers_.push_back(call.arguments[i]);
    if (type.tag == TypeTag::reference && state.lives(type.id, call.arguments[i])) {
      related_.push_back({type.id, call.arguments[i]});
    }
  }
  // What refers to them, or they refer to; and once more.
  add_neighbours(state);
  add_neighbours(state);
  add_numbers(state);
}

void Observer::add_neighbours(const State& state) {
  const std::size_t known = related_.size();
  const auto is_known = [&](std::uint32_t kind, Word index) {
    for (const Object& object : related_) {
      if (object.kind == kind && object.index == index) return true;
    }
    return false;
  };
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    if (state.population(kind) == 0) continue;
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      if (fields[field].type.tag != TypeTag::reference) continue;
      for (Word index = 0; index < state.slots(kind); ++index) {
        if (!state.lives(kind, index)) continue;
        const Word target = *state.field(kind, index, field);
        for (std::size_t i = 0; i < known && related_.size() < kMostRelated; ++i) {
          const Object object = related_[i];
          if (object.kind == fields[field].type.id && object.index == target && !is_known(kind, index)) {
            related_.push_back({kind, index});
          } else if (object.kind == kind && object.index == index && state.lives(fields[field].type.id, target) &&
                     !is_known(fields[field].type.id, target)) {
            related_.push_back({fields[field].type.id, target});
          }
        }
      }
    }
  }
}

void Observer::add_numbers(const State& state) {
  for (const Object& object : related_) {
    const std::vector<Field>& fields = law_.kinds[object.kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      if (!type.is_integer() && type.tag != TypeTag::interval) continue;
      const Word* words = state.field(object.kind, object.index, field);
      numbers_.push_back(words[0]);
      if (type.tag == TypeTag::interval) numbers_.push_back(words[1]);
    }
  }
}

Call Observer::drawn(const State& state, QuickRandom& random) const {
  Call call{probes_[random.below(probes_.size())], {}};
  for (const Parameter& parameter : law_.rules[call.rule].parameters) {
    const Type& type = parameter.type;
    if (type.tag == TypeTag::reference) {
      Word found = kNone;
      std::uint64_t seen = 0;
      for (const Object& object : related_) {
        if (object.kind == type.id && random() % ++seen == 0) found = object.index;
      }
      if (found == kNone || random() % 8 == 0) found = any_living(state, type.id, random);
      call.arguments.push_back(found);
    } else if (numbers_.empty()) {
      call.arguments.push_back(0);
    } else {
      Word number = numbers_[random.below(numbers_.size())];
      if (random() % 3 == 0) number += kProbedPage * (random() % 4);
      if (random() % 8 == 0) --number;
      call.arguments.push_back(number);
    }
  }
  return call;
}

bool Observer::answers(const State& state, const Call& call) {
  scratch_ = state;
  return model_.step(scratch_, call, answer_) == std::optional(kSuccess);
}

std::optional<Call> Observer::next(const State& state, const Situation&, QuickRandom& random) {
  if (probes_.empty()) return std::nullopt;
  std::optional<Call> best;
  float most = -1;
  int compared = 0;
  for (int i = 0; i < kProbeDraws && compared < kCompared; ++i) {
    const bool anywhere = random() % kAnywhere == 0;
    std::optional<Call> call = anywhere ? anywhere_.call(state, random) : drawn(state, random);
    if (!call || !answers(state, *call)) continue;
    if (anywhere) anywhere_.learn(has_something(answer_));
    ++compared;
    std::uint64_t key = mixed(outcome_, call->rule);
    features_.assign(1, {key, 1});
    for (const std::optional<Word>& result : answer_.results) key = mixed(key, result ? (*result == 0 ? 1 : 2) : 3);
    features_.push_back({key, 2});
    const float worth = coverage_.worth(features_) * (1 + static_cast<float>(random() % 16) / 16);
    if (worth <= most) continue;
    most = worth;
    best = std::move(call);
  }
  if (!best) return std::nullopt;
  (void)answers(state, *best);
  std::uint64_t key = mixed(outcome_, best->rule);
  features_.assign(1, {key, 1});
  for (const std::optional<Word>& result : answer_.results) key = mixed(key, result ? (*result == 0 ? 1 : 2) : 3);
  features_.push_back({key, 2});
  coverage_.add(features_);
  remember(*best, random);
  return best;
}

void Observer::remember(const Call& probe, QuickRandom& random) {
  if (asked_.size() < kRemembered) {
    asked_.push_back(probe);
  } else {
    asked_[random() % kRemembered] = probe;
  }
}

void Observer::learn(const Call& probe, const Outcome& outcome, QuickRandom& random) {
  const bool told = has_something(outcome);
  anywhere_.learn(told);
  if (told) remember(probe, random);
}

std::optional<Call> Observer::again(const State& state, QuickRandom& random) {
  for (int i = 0; i < kProbeDraws && !asked_.empty(); ++i) {
    const Call& call = asked_[random.below(asked_.size())];
    if (answers(state, call)) return call;
  }
  return std::nullopt;
}

}  // namespace iolaw
