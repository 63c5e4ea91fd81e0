// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/sequence.hpp"

#include <algorithm>

namespace iolaw {
namespace {

constexpr std::uint64_t kHashSeed = 0x9e3779b97f4a7c15;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word + kHashSeed + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 33);
}

}  // namespace

Sequence without_steps(const Sequence& sequence, std::size_t begin, std::size_t end) {
  Sequence shorter;
  shorter.reserve(sequence.size() - (end - begin));
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    if (i >= begin && i < end) continue;
    shorter.push_back(sequence[i]);
    for (Argument& argument : shorter.back().arguments) {
      if (argument.step == Argument::kNoStep) continue;
      const auto step = static_cast<std::size_t>(argument.step);
      if (step >= end) {
        argument.step -= static_cast<std::int32_t>(end - begin);
      } else if (step >= begin) {
        argument = {kNone, Argument::kNoStep, 0};
      }
    }
  }
  return shorter;
}

Names::Names(const Law& law) : law_(&law), makers_(law.kinds.size()) {}

Call Names::resolve(const SequenceStep& step) const {
  Call call{step.rule, {}};
  call.arguments.reserve(step.arguments.size());
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    const Argument& argument = step.arguments[i];
    if (law_->rules[step.rule].parameters[i].type.tag != TypeTag::reference) {
      call.arguments.push_back(argument.word);
    } else if (argument.step == Argument::kNoStep) {
      call.arguments.push_back(kNone);
    } else {
      const std::vector<Word>& results = results_.at(static_cast<std::size_t>(argument.step));
      call.arguments.push_back(argument.result < results.size() ? results[argument.result] : kNone);
    }
  }
  return call;
}

std::optional<SequenceStep> Names::symbolic(const State& state, const Call& call) const {
  SequenceStep step{call.rule, {}};
  step.arguments.reserve(call.arguments.size());
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Type& type = law_->rules[call.rule].parameters[i].type;
    const Word word = call.arguments[i];
    if (type.tag != TypeTag::reference) {
      step.arguments.push_back({word, Argument::kNoStep, 0});
    } else if (!state.lives(type.id, word)) {
      step.arguments.push_back({kNone, Argument::kNoStep, 0});
    } else if (const auto named = name(type.id, word)) {
      step.arguments.push_back(*named);
    } else {
      return std::nullopt;
    }
  }
  return step;
}

std::optional<Argument> Names::name(std::uint32_t kind, Word object) const {
  if (object >= makers_[kind].size() || !makers_[kind][object].known) return std::nullopt;
  const Maker& maker = makers_[kind][object];
  return Argument{kNone, static_cast<std::int32_t>(maker.step), maker.result};
}

void Names::record(std::uint32_t rule, const Outcome& outcome, const State& after) {
  for (std::uint32_t kind = 0; kind < makers_.size(); ++kind) {
    for (Word object = 0; object < makers_[kind].size(); ++object) {
      Maker& maker = makers_[kind][object];
      if (!maker.known || after.lives(kind, object)) continue;
      results_[maker.step][maker.result] = kNone;
      maker.known = false;
    }
  }
  const auto step = static_cast<std::uint32_t>(results_.size());
  std::vector<Word> objects(outcome.results.size(), kNone);
  for (std::uint32_t i = 0; i < objects.size(); ++i) {
    const Type& type = law_->rules[rule].results[i].type;
    const std::optional<Word>& word = outcome.results[i];
    if (type.tag != TypeTag::reference || !word) continue;
    auto& makers = makers_[type.id];
    if (makers.size() <= *word) makers.resize(*word + 1);
    // A result may also name an object that an earlier step made; then it keeps its first name.
    if (makers[*word].known) continue;
    makers[*word] = {step, i, true};
    objects[i] = *word;
  }
  results_.push_back(std::move(objects));
}

void Names::clear() {
  for (auto& makers : makers_) makers.clear();
  results_.clear();
}

std::optional<Played> World::play(const Model& model, const Call& call) {
  Played played;
  const std::optional<std::uint32_t> branch = model.step(state_, call, played.outcome);
  if (!branch) return std::nullopt;
  played.branch = *branch;
  names_.record(call.rule, played.outcome, state_);
  return played;
}

std::optional<std::vector<Played>> play(const Model& model, const Sequence& sequence, World& world) {
  std::vector<Played> all;
  all.reserve(sequence.size());
  for (const SequenceStep& step : sequence) {
    std::optional<Played> played = world.play(model, world.names().resolve(step));
    if (!played) return std::nullopt;
    all.push_back(std::move(*played));
  }
  return all;
}

std::uint64_t hash_shape(const Law& law, const State& state) {
  std::uint64_t hash = kHashSeed;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    hash = mix(hash, state.population(kind));
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      hash = mix(hash, object);
      const std::vector<Field>& fields = law.kinds[kind].fields;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        const Type& type = fields[field].type;
        if (type.is_integer() || type.tag == TypeTag::interval) continue;
        hash = mix(hash, *state.field(kind, object, field));
      }
    }
  }
  return hash;
}

bool has_choice(const Rule& rule) {
  return std::any_of(rule.items.begin(), rule.items.end(),
                     [](const Item& item) { return item.tag == Item::Tag::choose; });
}

}  // namespace iolaw
