// SPDX-License-Identifier: Apache-2.0
// Draws calls. What a parameter is for (an address, a length) is read off the intervals that the rule makes of it; the
// numbers come from the law's constants and from what the state holds near the objects that the call names.
#include <algorithm>
#include <bit>
#include <boost/container/small_vector.hpp>

#include "model/eval/model.hpp"
#include "model/eval/parameter_use.hpp"

namespace iolaw {
namespace {

using eval::ParameterUse;
using Role = ParameterUse::Role;

// As many objects of a kind as a run usually keeps alive: of what stands alone, and of what refers to others.
constexpr std::uint32_t kEnoughRoots = 3;
constexpr std::uint32_t kEnough = 8;

// 0..many-1.
template <class Random>
Word below(Random& random, Word many) {
  return random() % many;
}
// Without a division, where `many` is small.
Word below(QuickRandom& random, Word many) { return many >> 32 == 0 ? random.below(many) : random() % many; }

template <class Random>
bool chance(Random& random, unsigned percent) {
  return below(random, 100) < percent;
}

template <class List, class Random>
const auto& any(const List& values, Random& random) {
  return values[below(random, values.size())];
}

template <class Random, class List>
void shuffle(List& values, Random& random) {
  std::shuffle(values.begin(), values.end(), random);
}
template <class List>
void shuffle(List& values, QuickRandom& random) {
  for (std::size_t left = values.size(); left > 1; --left) std::swap(values[left - 1], values[random.below(left)]);
}

}  // namespace

struct Sampler::Impl {
  struct Range {
    Word first = 0;
    Word last = 0;
  };

  // Most of these lists are short: then they need no memory of their own.
  using Objects = boost::container::small_vector<Word, 16>;
  using Ranges = boost::container::small_vector<Range, 16>;

  const Law& law;
  std::vector<std::uint32_t> rules;                  // that are no probes
  std::vector<std::vector<std::uint32_t>> creates;   // per rule: the kinds of its new objects
  std::vector<std::vector<std::uint32_t>> destroys;  // per rule: the kinds that it destroys one by one
  std::vector<std::vector<ParameterUse>> uses;       // per rule and parameter
  std::vector<Word> units;                           // powers of two that the law names
  std::vector<Word> numbers;                         // other numbers that it names
  std::vector<Range> ranges;                         // interval constants

  explicit Impl(const Law& the_law) : law(the_law) {
    for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
      if (!law.rules[rule].probe) rules.push_back(rule);
      uses.push_back(eval::uses_of_parameters(law, law.rules[rule]));
      std::vector<std::uint32_t>& created = creates.emplace_back();
      for (const Effect& effect : law.rules[rule].effects) {
        if (effect.tag == Effect::Tag::create) created.push_back(effect.kind);
      }
      std::vector<std::uint32_t>& destroyed = destroys.emplace_back();
      for (const Effect& effect : law.rules[rule].effects) {
        if (effect.tag == Effect::Tag::destroy) destroyed.push_back(effect.object->type.id);
      }
    }
    for (const Constant& constant : law.constants) {
      if (constant.type.tag == TypeTag::interval) {
        ranges.push_back({constant.value, constant.last});
      } else if (constant.type.tag == TypeTag::pow2) {
        units.push_back(constant.value);
      } else if (constant.type.is_integer()) {
        numbers.push_back(constant.value);
      }
    }
    if (units.empty()) units.push_back(1);
  }

  // ---- rules

  bool is_root(std::uint32_t kind) const {
    const std::vector<Field>& fields = law.kinds[kind].fields;
    const auto refers = [](const Field& field) { return field.type.tag == TypeTag::reference; };
    return !law.kinds[kind].shared && std::none_of(fields.begin(), fields.end(), refers);
  }

  std::uint32_t enough(std::uint32_t kind) const { return is_root(kind) ? kEnoughRoots : kEnough; }

  // Each as likely as the others, but what destroys is drawn seldom while little lives, and what creates while much
  // does.
  template <class Random>
  std::uint32_t rule(const State& state, Random& random) const {
    for (int tries = 0; tries < 8; ++tries) {
      const std::uint32_t drawn = any(rules, random);
      const auto crowded = [&](std::uint32_t kind) { return state.population(kind) >= enough(kind); };
      const auto scarce = [&](std::uint32_t kind) {
        return (is_root(kind) ? 1 : 2) * state.population(kind) <= enough(kind);  // much goes with a root
      };
      const bool any_crowded = std::any_of(creates[drawn].begin(), creates[drawn].end(), crowded);
      const bool any_scarce = std::any_of(destroys[drawn].begin(), destroys[drawn].end(), scarce);
      if ((!any_crowded || chance(random, 6)) && (!any_scarce || chance(random, 15))) return drawn;
    }
    return any(rules, random);
  }

  // ---- references

  Objects living(const State& state, std::uint32_t kind) const {
    Objects objects;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (state.lives(kind, object)) objects.push_back(object);
    }
    return objects;
  }

  // A live object of `kind` that refers to `target`, or to which the object `target` refers; kNone if there is none.
  template <class Random>
  Word related(const State& state, std::uint32_t kind, std::uint32_t target_kind, Word target, Random& random) const {
    Objects found;
    for (std::uint32_t field = 0; field < law.kinds[kind].fields.size(); ++field) {
      const Type& type = law.kinds[kind].fields[field].type;
      if (type.tag != TypeTag::reference || type.id != target_kind) continue;
      for (const Word object : living(state, kind)) {
        if (*state.field(kind, object, field) == target) found.push_back(object);
      }
    }
    for (std::uint32_t field = 0; field < law.kinds[target_kind].fields.size(); ++field) {
      const Type& type = law.kinds[target_kind].fields[field].type;
      if (type.tag != TypeTag::reference || type.id != kind) continue;
      const Word object = *state.field(target_kind, target, field);
      if (state.lives(kind, object)) found.push_back(object);
    }
    return found.empty() ? kNone : any(found, random);
  }

  template <class Random>
  Word reference(const State& state, std::uint32_t kind, Random& random) const {
    const Objects objects = living(state, kind);
    if (!objects.empty() && !chance(random, 6)) return any(objects, random);
    if (chance(random, 30)) return kNone;
    const Word dead = below(random, state.slots(kind) + 1);
    return state.lives(kind, dead) ? kNone : dead;
  }

  template <class Random>
  void draw_references(const State& state, const Rule& rule, Call& call, Random& random) const {
    boost::container::small_vector<std::uint32_t, 8> order;
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      if (rule.parameters[slot].type.tag == TypeTag::reference) order.push_back(slot);
    }
    shuffle(order, random);
    for (std::size_t which = 0; which < order.size(); ++which) {
      const std::uint32_t kind = rule.parameters[order[which]].type.id;
      Word chosen = kNone;
      if (which > 0 && chance(random, 70)) {
        const std::uint32_t earlier = order[below(random, which)];
        const std::uint32_t earlier_kind = rule.parameters[earlier].type.id;
        if (state.lives(earlier_kind, call.arguments[earlier])) {
          chosen = related(state, kind, earlier_kind, call.arguments[earlier], random);
        }
      }
      call.arguments[order[which]] = chosen != kNone ? chosen : reference(state, kind, random);
    }
  }

  // ---- numbers

  // The intervals that stand with a parameter in the rule, of live objects; only those of objects that have to do with
  // the references it stands with, if there are any.
  Ranges ranges_near(const State& state, const Rule& rule, const ParameterUse& use, const Call& call,
                     bool close_only = false) const {
    boost::container::small_vector<std::pair<std::uint32_t, Word>, 16> near;
    const auto add = [&](std::uint32_t kind, Word object) {
      if (state.lives(kind, object)) near.emplace_back(kind, object);
    };
    for (const std::uint32_t slot : use.partners) {
      const Type& type = rule.parameters[slot].type;
      if (!state.lives(type.id, call.arguments[slot])) continue;
      add(type.id, call.arguments[slot]);
      for (std::uint32_t field = 0; field < law.kinds[type.id].fields.size(); ++field) {
        const Type& held = law.kinds[type.id].fields[field].type;
        if (held.tag == TypeTag::reference) add(held.id, *state.field(type.id, call.arguments[slot], field));
      }
    }
    Ranges found;
    Ranges close;
    for (const auto& [kind, interval] : use.fields) {
      const std::vector<Field>& fields = law.kinds[kind].fields;
      for (const Word object : living(state, kind)) {
        bool is_near = false;
        for (std::uint32_t field = 0; field < fields.size(); ++field) {
          if (fields[field].type.tag != TypeTag::reference) continue;
          const std::pair target{fields[field].type.id, *state.field(kind, object, field)};
          is_near |= std::find(near.begin(), near.end(), target) != near.end();
        }
        const Word* words = state.field(kind, object, interval);
        (is_near ? close : found).push_back({words[0], words[1]});
      }
    }
    return close.empty() && !close_only ? found : close;
  }

  // Those, once somebody asks.
  struct Near {
    const Impl& impl;
    const State& state;
    const Rule& rule;
    const ParameterUse& use;
    const Call& call;
    std::optional<Ranges> found = std::nullopt;

    const Ranges& operator()() {
      if (!found) found = impl.ranges_near(state, rule, use, call);
      return *found;
    }
  };

  bool has_ranges(const State& state, const Rule& rule, const std::vector<ParameterUse>& parameters,
                  const Call& call) const {
    return std::all_of(parameters.begin(), parameters.end(), [&](const ParameterUse& use) {
      return use.role != Role::address || use.partners.empty() || !ranges_near(state, rule, use, call, true).empty();
    });
  }

  template <class Random>
  Word wild(Random& random) const {
    const Word step = any(units, random);
    switch (random() % 8) {
      case 0:
        return 0;
      case 1:
        return 1;
      case 2:
        return ~Word{0};
      case 3:
        return ~Word{0} - random() % 3;
      case 4:
        return ~Word{0} - step * (1 + random() % 4) + 1;
      case 5:
        return step * (random() % 16) + below(random, step);
      case 6:
        return numbers.empty() ? random() : any(numbers, random) - 1 + random() % 3;
      default:
        return random() >> random() % 64;
    }
  }

  // Large units are met by more implementations.
  template <class Random>
  Word unit(Random& random) const {
    return std::max(any(units, random), any(units, random));
  }

  template <class Random>
  Word address_in(const Range& range, Random& random) const {
    const Word step = unit(random);
    const Word steps_inside = (range.last - range.first) >> std::countr_zero(step);
    switch (random() % 12) {
      case 0:
        return range.last;
      case 1:
        return range.last + 1;
      case 2:
        return range.first - 1;
      case 3:
      case 4:
      case 5:
        return range.first + step * below(random, std::min<Word>(steps_inside, 15) + 1);
      case 6:
        return range.first + step * (steps_inside == ~Word{0} ? random() : below(random, steps_inside + 1));
      default:
        return range.first;
    }
  }

  template <class Random>
  Word address(Near& near, const ParameterUse& use, Random& random) const {
    if (chance(random, 4)) return wild(random);
    // A few units below the end of the 64-bit space, where sums wrap.
    if (chance(random, 2)) return ~Word{0} - any(units, random) * (1 + random() % 4) + 1;
    if (!near().empty() && (ranges.empty() || chance(random, use.fresh ? 35 : 80)))
      return address_in(any(near(), random), random);
    const Word step = unit(random);
    if (ranges.empty()) return step * (random() % 16);
    Range range = any(ranges, random);
    if (!use.constants.empty()) {
      const Constant& constant = law.constants[any(use.constants, random)];
      range = {constant.value, constant.last};
    }
    if (chance(random, 10)) return address_in(range, random);
    // What begins here reaches over the end, or lies behind it.
    if (chance(random, 6)) return range.last + 1 - step * (random() % 3);
    return range.first +
           step * below(random, std::min<Word>((range.last - range.first) >> std::countr_zero(step), 15) + 1);
  }

  // `start`: the address argument before it, if there is one.
  template <class Random>
  Word length(Near& near, std::optional<Word> start, Random& random) const {
    if (chance(random, 6)) return wild(random);
    if (!near().empty() && chance(random, 45)) {
      const Range& range = any(near(), random);
      for (const Range& around : near()) {
        if (start && *start >= around.first && *start <= around.last && chance(random, 60))
          return around.last - *start + 1;
      }
      return range.last - range.first + 1;
    }
    return unit(random) * (1 + random() % 4);
  }

  template <class Random>
  Word number(Near& near, const ParameterUse& use, Random& random) const {
    switch (random() % 4) {
      case 0:
        return random() % 5;
      case 1:
        return wild(random);
      case 2:
        return length(near, std::nullopt, random);
      default:
        return address(near, use, random);
    }
  }

  template <class Random>
  Word scalar(const Type& type, Random& random) const {
    switch (type.tag) {
      case TypeTag::boolean:
        return random() & 1;
      case TypeTag::enumeration:
        return below(random, law.enums[type.id].constants.size());
      case TypeTag::flags: {
        const Word all = (Word{1} << law.flag_sets[type.id].constants.size()) - 1;
        const Word some = random() & all;
        return some == 0 && chance(random, 80) ? all : some;
      }
      case TypeTag::pow2:
        return chance(random, 70) ? any(units, random) : Word{1} << random() % 64;
      default:
        return random() % 5;
    }
  }

  template <class Random>
  void draw(const State& state, std::uint32_t rule_index, Random& random, Call& call) const {
    const Rule& rule = law.rules[rule_index];
    call.rule = rule_index;
    call.arguments.assign(rule.parameters.size(), 0);
    // Addresses say more where something is at them.
    for (int tries = 0; tries < 4; ++tries) {
      draw_references(state, rule, call, random);
      if (chance(random, 15) || has_ranges(state, rule, uses[rule_index], call)) break;
    }
    Objects starts;
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      const Type& type = rule.parameters[slot].type;
      const ParameterUse& use = uses[rule_index][slot];
      if (type.tag == TypeTag::reference || use.role == Role::length) continue;
      if (type.tag != TypeTag::u64) {
        call.arguments[slot] = scalar(type, random);
        continue;
      }
      Near near{*this, state, rule, use, call};
      const bool is_address = use.role == Role::address;
      call.arguments[slot] = is_address ? address(near, use, random) : number(near, use, random);
      if (is_address) starts.push_back(call.arguments[slot]);
    }
    // Lengths last: they may reach from an address to the end of what is there.
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      const ParameterUse& use = uses[rule_index][slot];
      if (use.role != Role::length || rule.parameters[slot].type.tag != TypeTag::u64) continue;
      const std::optional<Word> start = starts.empty() ? std::nullopt : std::optional<Word>(any(starts, random));
      Near near{*this, state, rule, use, call};
      call.arguments[slot] = length(near, start, random);
      // The whole space, and a range that ends at the last address.
      if (start && chance(random, 3)) call.arguments[slot] = ~Word{0} - *start + random() % 3;
    }
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      if (rule.parameters[slot].type.tag == TypeTag::u64 && chance(random, 3)) call.arguments[slot] += random() % 3 - 1;
    }
  }
};

Sampler::Sampler(const Law& law) : impl_(std::make_unique<Impl>(law)) {}
Sampler::~Sampler() = default;

Call Sampler::call(const State& state, std::mt19937_64& random) const {
  if (impl_->rules.empty()) throw std::invalid_argument("the law has no rule that is not a probe");
  return call(state, impl_->rule(state, random), random);
}

Call Sampler::call(const State& state, std::uint32_t rule, std::mt19937_64& random) const {
  Call drawn;
  impl_->draw(state, rule, random, drawn);
  return drawn;
}

void Sampler::draw(const State& state, std::uint32_t rule, QuickRandom& random, Call& call) const {
  impl_->draw(state, rule, random, call);
}

}  // namespace iolaw
