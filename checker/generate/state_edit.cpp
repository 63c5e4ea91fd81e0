// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/state_edit.hpp"

#include <algorithm>

namespace iolaw {

void restore_object(const Law& law, const State& before, State& after, std::uint32_t kind, Word object) {
  after.set_lives(kind, object, true);
  std::copy_n(&before.words(kind)[object * before.stride(kind)], before.stride(kind), after.words_at(kind, object));
  const std::vector<Field>& fields = law.kinds[kind].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    const Type& type = fields[field].type;
    if (type.tag != TypeTag::reference) continue;
    const Word target = *before.field(kind, object, field);
    if (before.lives(type.id, target) && !after.lives(type.id, target)) {
      restore_object(law, before, after, type.id, target);
    }
  }
}

bool is_referred_to(const Law& law, const State& state, std::uint32_t kind, Word object) {
  for (std::uint32_t other = 0; other < law.kinds.size(); ++other) {
    const std::vector<Field>& fields = law.kinds[other].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      if (fields[field].type.tag != TypeTag::reference || fields[field].type.id != kind) continue;
      for (Word index = 0; index < state.slots(other); ++index) {
        if (state.lives(other, index) && *state.field(other, index, field) == object) return true;
      }
    }
  }
  return false;
}

void remove_object(const Law& law, State& state, std::uint32_t kind, Word object) {
  std::vector<std::pair<std::uint32_t, Word>> targets;
  const std::vector<Field>& fields = law.kinds[kind].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].type.tag == TypeTag::reference && law.kinds[fields[field].type.id].shared) {
      targets.emplace_back(fields[field].type.id, *state.field(kind, object, field));
    }
  }
  state.set_lives(kind, object, false);
  for (const auto& [target_kind, target] : targets) {
    if (state.lives(target_kind, target) && !is_referred_to(law, state, target_kind, target)) {
      state.set_lives(target_kind, target, false);
    }
  }
}

void copy_kind(const State& from, State& to, std::uint32_t kind) {
  if (from.slots(kind) > 0) to.ensure(kind, from.slots(kind) - 1);
  for (Word object = 0; object < to.slots(kind); ++object) {
    to.set_lives(kind, object, from.lives(kind, object));
    if (!from.lives(kind, object)) continue;
    std::copy_n(&from.words(kind)[object * from.stride(kind)], from.stride(kind), to.words_at(kind, object));
  }
}

bool has_dangling(const Law& law, const State& state) {
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const std::vector<Field>& fields = law.kinds[kind].fields;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      if (law.kinds[kind].shared && !is_referred_to(law, state, kind, object)) return true;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        const Type& type = fields[field].type;
        if (type.tag != TypeTag::reference) continue;
        const Word target = *state.field(kind, object, field);
        if (!state.lives(type.id, target) && !(type.maybe && target == kNone)) return true;
      }
    }
  }
  return false;
}

bool meets_invariants(const Model& model, const State& state) {
  const std::vector<Property>& properties = model.law().properties;
  return std::all_of(properties.begin(), properties.end(), [&](const Property& property) {
    return property.tag != Property::Tag::invariant || model.holds(property, state);
  });
}

}  // namespace iolaw
