// SPDX-License-Identifier: Apache-2.0
// Draws calls. What a parameter is for (an address, a length) is read off the intervals that the rule makes of it; the
// numbers come from the law's constants and from what the state holds near the objects that the call names.
#include <algorithm>

#include "model/eval/model.hpp"

namespace iolaw {
namespace {

using Random = std::mt19937_64;

enum class Role : std::uint8_t { other, address, length };

bool chance(Random& random, unsigned percent) { return random() % 100 < percent; }

template <typename T>
const T& any(const std::vector<T>& values, Random& random) {
  return values[random() % values.size()];
}

bool names(const Expr& expr, std::uint32_t slot) {
  if (expr.op == Op::variable && expr.index == slot) return true;
  return std::any_of(expr.children.begin(), expr.children.end(),
                     [&](const ExprPtr& child) { return names(*child, slot); });
}

// `first..first + length - 1`: the variable alone is an address, one that the last address depends on besides is a
// length.
void find_roles(const Expr& expr, std::vector<Role>& roles) {
  if (expr.op == Op::interval) {
    const Expr& first = *expr.children[0];
    for (std::uint32_t slot = 0; slot < roles.size(); ++slot) {
      if (first.op == Op::variable && first.index == slot) {
        roles[slot] = Role::address;
      } else if (roles[slot] == Role::other && !names(first, slot) && names(*expr.children[1], slot)) {
        roles[slot] = Role::length;
      }
    }
  }
  if (expr.op == Op::at && expr.children[1]->op == Op::variable && expr.children[1]->index < roles.size()) {
    roles[expr.children[1]->index] = Role::address;
  }
  for (const ExprPtr& child : expr.children) find_roles(*child, roles);
}

void find_roles(const std::vector<Item>& items, std::vector<Role>& roles) {
  for (const Item& item : items) {
    if (item.expr) find_roles(*item.expr, roles);
  }
}

void find_roles(const Rule& rule, std::vector<Role>& roles) {
  find_roles(rule.items, roles);
  for (const Each& each : rule.eaches) find_roles(each.items, roles);
  for (const Branch& branch : rule.branches) find_roles(*branch.condition, roles);
  for (const Result& result : rule.results) find_roles(*result.value, roles);
  for (const Effect& effect : rule.effects) {
    for (const FieldValue& value : effect.values) find_roles(*value.value, roles);
  }
}

struct Range {
  Word first = 0;
  Word last = 0;
};

}  // namespace

struct Sampler::Impl {
  const Law& law;
  std::vector<std::uint32_t> rules;      // that are no probes
  std::vector<std::vector<Role>> roles;  // per rule and parameter
  std::vector<Word> units;               // powers of two that the law names
  std::vector<Word> numbers;             // other numbers that it names
  std::vector<Range> ranges;             // interval constants

  explicit Impl(const Law& the_law) : law(the_law) {
    for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
      if (!law.rules[rule].probe) rules.push_back(rule);
      find_roles(law.rules[rule], roles.emplace_back(law.rules[rule].parameters.size(), Role::other));
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

  // ---- references

  std::vector<Word> living(const State& state, std::uint32_t kind) const {
    std::vector<Word> objects;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (state.lives(kind, object)) objects.push_back(object);
    }
    return objects;
  }

  // A live object of `kind` that refers to `target`, or to which the object `target` refers; kNone if there is none.
  Word related(const State& state, std::uint32_t kind, std::uint32_t target_kind, Word target, Random& random) const {
    std::vector<Word> found;
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

  Word reference(const State& state, std::uint32_t kind, Random& random) const {
    const std::vector<Word> objects = living(state, kind);
    if (!objects.empty() && !chance(random, 6)) return any(objects, random);
    if (chance(random, 30)) return kNone;
    const Word dead = random() % (state.slots(kind) + 1);
    return state.lives(kind, dead) ? kNone : dead;
  }

  void draw_references(const State& state, const Rule& rule, Call& call, Random& random) const {
    std::vector<std::uint32_t> order;
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      if (rule.parameters[slot].type.tag == TypeTag::reference) order.push_back(slot);
    }
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t which = 0; which < order.size(); ++which) {
      const std::uint32_t kind = rule.parameters[order[which]].type.id;
      Word chosen = kNone;
      if (which > 0 && chance(random, 70)) {
        const std::uint32_t earlier = order[random() % which];
        const std::uint32_t earlier_kind = rule.parameters[earlier].type.id;
        if (state.lives(earlier_kind, call.arguments[earlier])) {
          chosen = related(state, kind, earlier_kind, call.arguments[earlier], random);
        }
      }
      call.arguments[order[which]] = chosen != kNone ? chosen : reference(state, kind, random);
    }
  }

  // ---- numbers

  // The intervals that live objects keep; those that have to do with the objects of the call come twice.
  std::vector<Range> ranges_near(const State& state, const Rule& rule, const Call& call) const {
    std::vector<std::pair<std::uint32_t, Word>> near;
    const auto add = [&](std::uint32_t kind, Word object) {
      if (state.lives(kind, object)) near.emplace_back(kind, object);
    };
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      const Type& type = rule.parameters[slot].type;
      if (type.tag != TypeTag::reference || !state.lives(type.id, call.arguments[slot])) continue;
      add(type.id, call.arguments[slot]);
      for (std::uint32_t field = 0; field < law.kinds[type.id].fields.size(); ++field) {
        const Type& held = law.kinds[type.id].fields[field].type;
        if (held.tag == TypeTag::reference) add(held.id, *state.field(type.id, call.arguments[slot], field));
      }
    }
    std::vector<Range> found;
    std::vector<Range> close;
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      const std::vector<Field>& fields = law.kinds[kind].fields;
      for (const Word object : living(state, kind)) {
        bool is_near = false;
        for (std::uint32_t field = 0; field < fields.size(); ++field) {
          if (fields[field].type.tag != TypeTag::reference) continue;
          const std::pair target{fields[field].type.id, *state.field(kind, object, field)};
          is_near |= std::find(near.begin(), near.end(), target) != near.end();
        }
        for (std::uint32_t field = 0; field < fields.size(); ++field) {
          if (fields[field].type.tag != TypeTag::interval) continue;
          const Word* words = state.field(kind, object, field);
          (is_near ? close : found).push_back({words[0], words[1]});
        }
      }
    }
    return close.empty() ? found : close;
  }

  Word wild(Random& random) const {
    const Word unit = any(units, random);
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
        return ~Word{0} - unit * (1 + random() % 4) + 1;
      case 5:
        return unit * (random() % 16) + random() % unit;
      case 6:
        return numbers.empty() ? random() : any(numbers, random) - 1 + random() % 3;
      default:
        return random() >> random() % 64;
    }
  }

  Word address_in(const Range& range, Random& random) const {
    const Word unit = any(units, random);
    const Word units_inside = (range.last - range.first) / unit;
    switch (random() % 8) {
      case 0:
        return range.last;
      case 1:
        return range.last + 1;
      case 2:
        return range.first - 1;
      case 3:
      case 4:
        return range.first + unit * (random() % (std::min<Word>(units_inside, 15) + 1));
      case 5:
        return range.first + unit * (units_inside == ~Word{0} ? random() : random() % (units_inside + 1));
      default:
        return range.first;
    }
  }

  Word address(const std::vector<Range>& near, Random& random) const {
    if (chance(random, 5)) return wild(random);
    if (!near.empty() && (ranges.empty() || chance(random, 50))) return address_in(any(near, random), random);
    if (!ranges.empty()) {
      const Range& range = any(ranges, random);
      const Word unit = any(units, random);
      if (chance(random, 85))
        return range.first + unit * (random() % (std::min<Word>((range.last - range.first) / unit, 15) + 1));
      return address_in(range, random);
    }
    return any(units, random) * (random() % 16);
  }

  // `start`: the address argument before it, if there is one.
  Word length(const std::vector<Range>& near, std::optional<Word> start, Random& random) const {
    if (chance(random, 6)) return wild(random);
    if (!near.empty() && chance(random, 40)) {
      const Range& range = any(near, random);
      if (start && *start >= range.first && *start <= range.last && chance(random, 60)) return range.last - *start + 1;
      return range.last - range.first + 1;
    }
    return any(units, random) * (1 + random() % 4);
  }

  Word number(const std::vector<Range>& near, Random& random) const {
    switch (random() % 4) {
      case 0:
        return random() % 5;
      case 1:
        return wild(random);
      case 2:
        return length(near, std::nullopt, random);
      default:
        return address(near, random);
    }
  }

  Word scalar(const Type& type, Random& random) const {
    switch (type.tag) {
      case TypeTag::boolean:
        return random() & 1;
      case TypeTag::enumeration:
        return random() % law.enums[type.id].constants.size();
      case TypeTag::flags: {
        const Word all = (Word{1} << law.flag_sets[type.id].constants.size()) - 1;
        return chance(random, 40) ? all : chance(random, 5) ? 0 : random() & all;
      }
      case TypeTag::pow2:
        return chance(random, 70) ? any(units, random) : Word{1} << random() % 64;
      default:
        return random() % 5;
    }
  }

  Call draw(const State& state, std::uint32_t rule_index, Random& random) const {
    const Rule& rule = law.rules[rule_index];
    Call call{rule_index, std::vector<Word>(rule.parameters.size(), 0)};
    draw_references(state, rule, call, random);
    const std::vector<Range> near = ranges_near(state, rule, call);
    // Lengths last: they may reach from an address to the end of what is there.
    std::optional<Word> start;
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      const Type& type = rule.parameters[slot].type;
      if (type.tag == TypeTag::reference || roles[rule_index][slot] == Role::length) continue;
      if (type.tag != TypeTag::u64) {
        call.arguments[slot] = scalar(type, random);
        continue;
      }
      const bool is_address = roles[rule_index][slot] == Role::address;
      call.arguments[slot] = is_address ? address(near, random) : number(near, random);
      if (is_address && (!start || chance(random, 50))) start = call.arguments[slot];
    }
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      if (roles[rule_index][slot] != Role::length || rule.parameters[slot].type.tag != TypeTag::u64) continue;
      call.arguments[slot] = length(near, start, random);
      // The whole space, and a range that ends at the last address.
      if (start && chance(random, 3)) call.arguments[slot] = ~Word{0} - *start + random() % 3;
    }
    for (std::uint32_t slot = 0; slot < rule.parameters.size(); ++slot) {
      if (rule.parameters[slot].type.tag == TypeTag::u64 && chance(random, 3)) call.arguments[slot] += random() % 3 - 1;
    }
    return call;
  }
};

Sampler::Sampler(const Law& law) : impl_(std::make_unique<Impl>(law)) {}
Sampler::~Sampler() = default;

Call Sampler::call(const State& state, std::mt19937_64& random) const {
  if (impl_->rules.empty()) throw std::invalid_argument("the law has no rule that is not a probe");
  return impl_->draw(state, any(impl_->rules, random), random);
}

Call Sampler::call(const State& state, std::uint32_t rule, std::mt19937_64& random) const {
  return impl_->draw(state, rule, random);
}

}  // namespace iolaw
