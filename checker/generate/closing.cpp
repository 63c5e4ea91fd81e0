// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/closing.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kMostEndings = 16;

}  // namespace

Closing::Closing(const Model& model) : model_(model), endings_(model.law().kinds.size()) {
  const Law& law = model.law();
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    for (const Effect& effect : law.rules[rule].effects) {
      if (effect.tag != Effect::Tag::destroy || effect.object->op != Op::variable) continue;
      if (effect.object->index >= law.rules[rule].parameters.size()) continue;
      endings_[effect.object->type.id].push_back({rule, effect.object->index});
    }
  }
}

std::optional<Call> Closing::call(const State& state, const Ending& ending, std::uint32_t kind, Word object) const {
  const Law& law = model_.law();
  const std::vector<Parameter>& parameters = law.rules[ending.rule].parameters;
  const std::vector<Field>& fields = law.kinds[kind].fields;
  Call made{ending.rule, {}};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i == ending.parameter) {
      made.arguments.push_back(object);
      continue;
    }
    std::optional<Word> word;
    for (std::uint32_t field = 0; field < fields.size() && !word; ++field) {
      if (fields[field].type == parameters[i].type) word = *state.field(kind, object, field);
    }
    // An answer to give, and no flag: the first of each.
    if (!word && parameters[i].type.tag == TypeTag::reference) return std::nullopt;
    made.arguments.push_back(word.value_or(0));
  }
  return made;
}

bool Closing::end_one(World& world, std::vector<SequenceStep>& steps) const {
  const State& state = world.state();
  for (std::uint32_t kind = 0; kind < endings_.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (const Ending& ending : endings_[kind]) {
        const std::optional<Call> made = call(state, ending, kind, object);
        const auto step = made ? world.names().symbolic(state, *made) : std::nullopt;
        if (!step) continue;
        World next = world;
        const auto played = next.play(model_, *made);
        if (!played || played->branch != kSuccess || next.state().lives(kind, object)) continue;
        world = std::move(next);
        steps.push_back(*step);
        return true;
      }
    }
  }
  return false;
}

std::vector<SequenceStep> Closing::calls(World world) const {
  std::vector<SequenceStep> steps;
  while (steps.size() < kMostEndings && end_one(world, steps)) {
  }
  return steps;
}

}  // namespace iolaw
