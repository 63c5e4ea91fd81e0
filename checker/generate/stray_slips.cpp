// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checker/generate/slip_kinds.hpp"
#include "checker/generate/state_edit.hpp"

namespace iolaw {
namespace {

// How many references lie between what a call is about and what is near it: an access on the IOAS of a device, with its
// pins, is near the device.
constexpr int kReferencesBetween = 3;

using Near = std::set<std::pair<std::uint32_t, Word>>;

bool has_effects(const Rule& rule) {
  return !rule.effects.empty() ||
         std::any_of(rule.eaches.begin(), rule.eaches.end(), [](const Each& each) { return !each.effects.empty(); });
}

bool needs_another(const Kind& kind) {
  return std::any_of(kind.fields.begin(), kind.fields.end(),
                     [](const Field& field) { return field.type.tag == TypeTag::reference && !field.type.maybe; });
}

// What a call that succeeds or half succeeds ends or changes, and what it names.
Near touched(const Law& law, const CallMade& made) {
  Near near;
  bool ends = false;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (State::surely_same(made.before, made.after, kind)) continue;
    for (Word object = 0; object < made.before.slots(kind); ++object) {
      if (!made.before.lives(kind, object)) continue;
      const std::uint32_t stride = made.before.stride(kind);
      const auto words = made.before.words(kind).begin() + static_cast<std::ptrdiff_t>(object * stride);
      if (made.after.lives(kind, object) &&
          std::equal(words, words + stride,
                     made.after.words(kind).begin() + static_cast<std::ptrdiff_t>(object * stride))) {
        continue;
      }
      near.insert({kind, object});
      ends = true;
    }
  }
  if (!ends) return {};
  const std::vector<Parameter>& parameters = law.rules[made.call.rule].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag == TypeTag::reference && made.before.lives(type.id, made.call.arguments[i])) {
      near.insert({type.id, made.call.arguments[i]});
    }
  }
  return near;
}

// And what refers to these, or to which they refer.
void widen(const Law& law, const State& state, Near& near) {
  const Near begin = near;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    const std::vector<Field>& fields = law.kinds[kind].fields;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        if (fields[field].type.tag != TypeTag::reference) continue;
        const std::pair<std::uint32_t, Word> target{fields[field].type.id, *state.field(kind, object, field)};
        if (!state.lives(target.first, target.second)) continue;
        if (begin.count({kind, object}) != 0) near.insert(target);
        if (begin.count(target) != 0) near.insert({kind, object});
      }
    }
  }
}

// The intervals of an object.
std::vector<std::pair<Word, Word>> intervals_of(const Law& law, const State& state, std::uint32_t kind, Word object) {
  std::vector<std::pair<Word, Word>> intervals;
  const std::vector<Field>& fields = law.kinds[kind].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].type.tag != TypeTag::interval) continue;
    const Word* range = state.field(kind, object, field);
    intervals.emplace_back(range[0], range[1]);
  }
  return intervals;
}

enum class Side : std::uint8_t { none, below, above };

// On which side of something that ended an object lies right beside it.
Side touches_ended(const Law& law, const CallMade& made, std::uint32_t kind, Word object) {
  for (const auto& [first, last] : intervals_of(law, made.after, kind, object)) {
    for (std::uint32_t other = 0; other < law.kinds.size(); ++other) {
      if (State::surely_same(made.before, made.after, other)) continue;
      for (Word ended = 0; ended < made.before.slots(other); ++ended) {
        if (!made.before.lives(other, ended) || made.after.lives(other, ended)) continue;
        for (const auto& [begin, end] : intervals_of(law, made.before, other, ended)) {
          if (last < begin && last + 1 == begin) return Side::below;
          if (end < first && end + 1 == first) return Side::above;
        }
      }
    }
  }
  return Side::none;
}

}  // namespace

std::vector<Slip> stray_slips(const Model& model, const CallMade& made) {
  const Law& law = model.law();
  const Rule& rule = law.rules[made.call.rule];
  const std::string id = branch_id(rule, made.branch);
  std::vector<Slip> slips;
  if (!has_effects(rule)) {
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      if (law.kinds[kind].shared || needs_another(law.kinds[kind])) continue;
      Slip slip{fmt::format("{}, but one more {} lives", rule.name, law.kinds[kind].name), made.after, {kind}};
      const Word object = slip.after.slots(kind);
      slip.after.set_lives(kind, object, true);
      const std::vector<Field>& fields = law.kinds[kind].fields;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        if (fields[field].type.tag == TypeTag::reference) *slip.after.field(kind, object, field) = kNone;
      }
      slip.tellers = Tellers::some;
      if (meets_invariants(model, slip.after)) slips.push_back(std::move(slip));
    }
    return slips;
  }
  Near near = touched(law, made);
  if (near.empty()) return slips;
  for (int i = 0; i < kReferencesBetween; ++i) widen(law, made.before, near);
  std::set<std::string> seen;
  const auto add = [&](std::uint32_t kind, Word object, const std::string& what) {
    if (!seen.insert(what).second) return;
    slips.push_back({fmt::format("{}, but {}", id, what), made.after, {kind}});
    remove_object(law, slips.back().after, kind, object);
    slips.back().tellers = Tellers::probes;
  };
  for (const auto& [kind, object] : near) {
    if (law.kinds[kind].shared || !made.after.lives(kind, object)) continue;
    if (is_referred_to(law, made.after, kind, object)) continue;
    const std::string& name = law.kinds[kind].name;
    const bool one_ended = made.before.population(kind) > made.after.population(kind);
    if (const Side side = touches_ended(law, made, kind, object); side != Side::none) {
      add(kind, object,
          fmt::format("a {} goes{} right {} what ended", name, one_ended ? ", too," : "",
                      side == Side::below ? "below" : "above"));
    }
    // That another one of a kind goes along is a slip already.
    if (one_ended) continue;
    add(kind, object, fmt::format("a {} beside goes", name));
  }
  return slips;
}

}  // namespace iolaw
