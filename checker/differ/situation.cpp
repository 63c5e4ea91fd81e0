// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/situation.hpp"

#include <algorithm>

namespace iolaw {
namespace {

// What new features are worth. Outcomes count most; what only failing calls touched, least.
constexpr float kOutcome = 16;
constexpr float kAround = 4;
constexpr float kAfterSuccess = 3;
constexpr float kAfterFailure = 1.5F;
constexpr float kFlag = 1;
constexpr float kPlace = 1.5F;
constexpr float kSpan = 3;
constexpr float kFurther = 3;
constexpr float kEffect = 4;

enum Sort : std::uint64_t {
  outcome = 1,
  around,
  further,
  effect,
  after_success,
  after_failure,
  flag,
  place,
  end_place,
  span
};

std::uint64_t key(std::uint32_t number, Sort sort, std::uint64_t a, std::uint64_t b = 0) {
  return mixed(mixed(mixed(number, sort), a), b);
}

// What a number is like by itself.
std::uint32_t shape_of(Word number) {
  if (number == 0) return 1;
  if (number == 1) return 2;
  if (number == ~Word{0}) return 3;
  if (number >= ~Word{0} - 0x1'0000) return 4;
  return number % 4096 == 0 ? 5 : number % 2048 == 0 ? 6 : 7;
}

}  // namespace

bool names_dead(const Law& law, const State& state, const Call& call) {
  const std::vector<Parameter>& parameters = law.rules[call.rule].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Type& type = parameters[i].type;
    if (type.tag == TypeTag::reference && !state.lives(type.id, call.arguments[i]) && state.population(type.id) == 0) {
      return true;
    }
  }
  return false;
}

Situation::Situation(const Law& law) : law_(law), seen_(law.kinds.size()) {
  for (const Rule& rule : law.rules) {
    uses_.push_back(eval::uses_of_parameters(law, rule));
    std::vector<Word>& numbers = named_.emplace_back();
    for (const Branch& branch : rule.branches) name_numbers(*branch.condition, numbers);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }
}

void Situation::name_numbers(const Expr& expr, std::vector<Word>& numbers) const {
  if (expr.op == Op::literal && expr.type.is_integer()) numbers.push_back(expr.value);
  if (expr.op == Op::constant && law_.constants[expr.index].type.is_integer()) {
    numbers.push_back(law_.constants[expr.index].value);
  }
  if (expr.op == Op::call && law_.defs[expr.index].body) name_numbers(*law_.defs[expr.index].body, numbers);
  for (const ExprPtr& child : expr.children) name_numbers(*child, numbers);
}

// In which of the law's ranges an interval begins and ends, and whether on a page.
std::uint64_t Situation::membership(Word first, Word last) const {
  std::uint64_t bits = first % 4096 == 0 ? 1 : 0;
  for (const Constant& constant : law_.constants) {
    if (constant.type.tag != TypeTag::interval) continue;
    bits = bits * 4 + (first >= constant.value && first <= constant.last ? 1 : 0) +
           (last >= constant.value && last <= constant.last ? 2 : 0);
  }
  return bits;
}

void Situation::reset(const State& state) {
  for (std::vector<Seen>& kind : seen_) kind.clear();
  look(state);
}

void Situation::touch(std::uint32_t kind, Word object, std::uint32_t outcome, bool success) {
  if (object >= seen_[kind].size()) return;
  (success ? seen_[kind][object].touch.success : seen_[kind][object].touch.failure) = outcome;
}

void Situation::touch_targets(const State& state, std::uint32_t kind, Word object, std::uint32_t outcome, int hops) {
  const std::vector<Field>& fields = law_.kinds[kind].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].type.tag != TypeTag::reference) continue;
    const Word target = *state.field(kind, object, field);
    if (!state.lives(fields[field].type.id, target)) continue;
    touch(fields[field].type.id, target, outcome, true);
    if (hops > 1) touch_targets(state, fields[field].type.id, target, outcome, hops - 1);
  }
}

void Situation::follow(const State& before, const Call& call, std::uint32_t branch, const State& after) {
  const Rule& rule = law_.rules[call.rule];
  if (rule.probe) return;
  const std::uint32_t number = outcome_number(call.rule, branch);
  const bool success = branch == kSuccess;
  if (success || !rule.eaches.empty()) {
    look(after);
    for (std::uint32_t kind = 0; kind < seen_.size(); ++kind) {
      const std::vector<Word>& old_words = before.words(kind);
      const std::vector<Word>& new_words = after.words(kind);
      if (old_words == new_words) continue;
      const std::uint32_t stride = after.stride(kind);
      for (Word object = 0; object < std::max(before.slots(kind), after.slots(kind)); ++object) {
        const bool lived = before.lives(kind, object);
        const bool lives = after.lives(kind, object);
        if (lived && lives &&
            std::equal(old_words.begin() + static_cast<std::ptrdiff_t>(object * stride),
                       old_words.begin() + static_cast<std::ptrdiff_t>((object + 1) * stride),
                       new_words.begin() + static_cast<std::ptrdiff_t>(object * stride))) {
          continue;
        }
        if (lived) touch_targets(before, kind, object, number, lives ? 1 : 2);
        if (lives) {
          touch_targets(after, kind, object, number, lived ? 1 : 2);
          if (!lived) seen_[kind][object].touch = {};
          touch(kind, object, number, true);
        }
      }
    }
  }
  for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag == TypeTag::reference && after.lives(type.id, call.arguments[i])) {
      touch(type.id, call.arguments[i], number, success);
    }
  }
}

void Situation::glance(const State& state) {
  ranges_.clear();
  numbers_.clear();
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    if (state.population(kind) == 0) continue;
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      const bool interval = type.tag == TypeTag::interval;
      if (!interval && (type.maybe || is_small(type) || type.tag == TypeTag::reference)) continue;
      for (Word object = 0; object < state.slots(kind); ++object) {
        if (!state.lives(kind, object)) continue;
        const Word* words = state.field(kind, object, field);
        if (interval) {
          ranges_.push_back({words[0], words[1], kind * 64 + field});
        } else {
          numbers_.push_back(words[0]);
        }
      }
    }
  }
}

void Situation::look(const State& state) {
  ranges_.clear();
  numbers_.clear();
  for (std::uint32_t kind = 0; kind < seen_.size(); ++kind) {
    std::vector<Seen>& objects = seen_[kind];
    const std::uint32_t slots = state.slots(kind);
    if (objects.size() < slots) objects.resize(slots);
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (Word object = 0; object < objects.size(); ++object) {
      Seen& seen = objects[object];
      seen.lives = state.lives(kind, object);
      if (!seen.lives) {
        seen.touch = {};
        continue;
      }
      seen.own = kind + 1;
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        const Type& type = fields[field].type;
        const Word* words = state.field(kind, object, field);
        if (is_small(type)) {
          seen.own = mixed(seen.own, words[0]);
        } else if (type.tag == TypeTag::reference) {
          if (type.maybe) seen.own = mixed(seen.own, words[0] == kNone ? 1 : 2);
        } else if (type.tag == TypeTag::interval) {
          ranges_.push_back({words[0], words[1], kind * 64 + field});
          seen.own = mixed(seen.own, membership(words[0], words[1]));
        } else if (!type.maybe) {
          numbers_.push_back(words[0]);
          seen.own = mixed(seen.own, words[0] == 0 ? 1 : 2);
          seen.own = mixed(seen.own, membership(words[0], words[0]));
        }
      }
      seen.around = seen.own;
    }
  }
  for (std::uint32_t kind = 0; kind < seen_.size(); ++kind) {
    if (state.population(kind) == 0) continue;
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      const Type& type = fields[field].type;
      if (type.tag != TypeTag::reference) continue;
      std::vector<Seen>& targets = seen_[type.id];
      referrers_.assign(targets.size(), 0);
      for (Word object = 0; object < seen_[kind].size(); ++object) {
        if (!seen_[kind][object].lives) continue;
        const Word target = *state.field(kind, object, field);
        if (target >= targets.size() || !targets[target].lives) continue;
        ++referrers_[target];
        seen_[kind][object].around = mixed(seen_[kind][object].around, targets[target].own);
      }
      for (std::size_t target = 0; target < targets.size(); ++target) {
        if (referrers_[target] == 0) continue;
        targets[target].around += mixed(kind * 64 + field + 1, std::min<std::uint32_t>(referrers_[target], 2));
      }
    }
  }
  for (std::vector<Seen>& kind : seen_) {
    for (Seen& seen : kind) seen.further = seen.around;
  }
  for (std::uint32_t kind = 0; kind < seen_.size(); ++kind) {
    if (state.population(kind) == 0) continue;
    const std::vector<Field>& fields = law_.kinds[kind].fields;
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      if (fields[field].type.tag != TypeTag::reference) continue;
      std::vector<Seen>& targets = seen_[fields[field].type.id];
      for (Word object = 0; object < seen_[kind].size(); ++object) {
        if (!seen_[kind][object].lives) continue;
        const Word target = *state.field(kind, object, field);
        if (target >= targets.size() || !targets[target].lives) continue;
        // Sets of surroundings: how many have the same does not matter.
        targets[target].further |= std::uint64_t{1} << seen_[kind][object].around % 64;
        seen_[kind][object].further |= std::uint64_t{1} << targets[target].around % 64;
      }
    }
  }
}

// Where a number lies: at an end of an interval or beside one, equal to some other number, inside, or nowhere.
std::uint32_t Situation::place_of(std::uint32_t rule, Word number) const {
  // Beside a number that the rule names.
  const std::vector<Word>& named = named_[rule];
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i] > 1 && number - named[i] + 1 <= 2) {
      return static_cast<std::uint32_t>((1U << 20) + i * 4 + (number - named[i] + 1));
    }
  }
  std::uint32_t inside = 0;
  for (const Range& range : ranges_) {
    if (number == range.first) return range.source * 8 + 1;
    if (number == range.last) return range.source * 8 + 2;
    if (number == range.last + 1) return range.source * 8 + 3;
    if (number == range.first - 1) return range.source * 8 + 4;
    if (number > range.first && number < range.last) inside = range.source * 8 + 5;
  }
  if (inside != 0) return inside;
  return std::find(numbers_.begin(), numbers_.end(), number) != numbers_.end() ? 6 : 7;
}

// Of one kind of intervals, how many overlap first..last, up to two; the most of any kind.
std::uint32_t Situation::spanned(Word first, Word last) const {
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    if (ranges_[i].first > last || ranges_[i].last < first) continue;
    most = std::max(most, 1U);
    for (std::size_t j = 0; j < i && most < 2; ++j) {
      const bool overlaps = ranges_[j].first <= last && ranges_[j].last >= first;
      if (overlaps && ranges_[j].source == ranges_[i].source) most = 2;
    }
  }
  return most;
}

void Situation::features(const State& state, const Call& call, std::uint32_t branch, const State& after,
                         Features& features) const {
  const Rule& rule = law_.rules[call.rule];
  const std::uint32_t number = outcome_number(call.rule, branch);
  const bool success = branch == kSuccess;
  features.push_back({key(number, outcome, 0), kOutcome});
  if (!success && names_dead(law_, state, call)) return;  // then little else matters
  std::uint64_t surroundings = 0;
  std::uint64_t further_away = 0;
  for (std::uint32_t i = 0; i < rule.parameters.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    const Word argument = call.arguments[i];
    if (type.tag == TypeTag::reference) {
      if (!state.lives(type.id, argument)) {
        surroundings = mixed(surroundings, 1);
        continue;
      }
      const Seen& seen = seen_[type.id][argument];
      surroundings = mixed(surroundings, seen.around);
      further_away = mixed(further_away, seen.further);
      features.push_back({key(number, after_success, seen.touch.success, i), kAfterSuccess});
      if (seen.touch.failure != 0) {
        features.push_back({key(number, after_failure, seen.touch.failure, i), kAfterFailure});
      }
    } else if (is_small(type)) {
      features.push_back({key(number, flag, i, argument), success ? kFlag : kFlag / 2});
    } else {
      features.push_back({key(number, place, i, place_of(call.rule, argument) * 8 + shape_of(argument)), kPlace});
    }
  }
  features.push_back({key(number, around, surroundings), kAround});
  features.push_back({key(number, further, further_away), kFurther});
  if (success || !rule.eaches.empty()) {
    std::uint64_t changes = 0;
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      const std::uint32_t before = state.population(kind);
      const std::uint32_t now = after.population(kind);
      const std::uint32_t change = before == now       ? 0
                                   : now == before + 1 ? 1
                                   : now > before      ? 2
                                   : before - now == 1 ? 3
                                                       : 4;
      if (change != 0) changes = mixed(changes, kind * 8 + change);
    }
    features.push_back({key(number, effect, changes), kEffect});
  }
  // What a first address and a length make up.
  const std::vector<eval::ParameterUse>& uses = uses_[call.rule];
  for (std::uint32_t i = 0; i < uses.size(); ++i) {
    if (uses[i].role != eval::ParameterUse::Role::address) continue;
    for (std::uint32_t j = 0; j < uses.size(); ++j) {
      if (uses[j].role != eval::ParameterUse::Role::length) continue;
      const Word first = call.arguments[i];
      const Word last = first + call.arguments[j] - 1;
      if (last < first) continue;
      features.push_back({key(number, span, i, spanned(first, last)), kSpan});
      features.push_back({key(number, end_place, i, place_of(call.rule, last)), kPlace});
    }
  }
}

}  // namespace iolaw
