// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/near_calls.hpp"

#include <algorithm>

#include "model/law/units.hpp"

namespace iolaw {
namespace {

using Role = eval::ParameterUse::Role;

void sort_unique(std::vector<Word>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

NearCalls::NearCalls(const Law& law, std::uint32_t rule)
    : law_(law), rule_(law.rules[rule]), uses_(eval::uses_of_parameters(law, rule_)), units_(units_of(law)) {
  sort_unique(units_);
  for (const Branch& branch : rule_.branches) name_numbers(*branch.condition);
  for (const Each& each : rule_.eaches) {
    if (each.where) name_numbers(*each.where);
  }
  sort_unique(named_);
}

void NearCalls::name_numbers(const Expr& expr) {
  if (expr.op == Op::literal && expr.type.is_integer()) named_.push_back(expr.value);
  if (expr.op == Op::constant) {
    const Constant& constant = law_.constants[expr.index];
    if (constant.type.is_integer()) named_.push_back(constant.value);
    if (constant.type.tag == TypeTag::interval) named_.insert(named_.end(), {constant.value, constant.last});
  }
  if (expr.op == Op::call && law_.defs[expr.index].body) name_numbers(*law_.defs[expr.index].body);
  for (const ExprPtr& child : expr.children) name_numbers(*child);
}

std::vector<Word> NearCalls::numbers_of(const State& state) const {
  std::vector<Word> ends = named_;
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      for (std::uint32_t field = 0; field < law_.kinds[kind].fields.size(); ++field) {
        const Type& type = law_.kinds[kind].fields[field].type;
        const Word* words = state.field(kind, object, field);
        if (type.tag == TypeTag::interval) ends.insert(ends.end(), {words[0], words[1]});
        if (type.is_integer()) ends.push_back(words[0]);
      }
    }
  }
  sort_unique(ends);
  std::vector<Word> numbers{0, 1, ~Word{0}, ~Word{0} - 1};
  for (const Word end : ends) {
    numbers.insert(numbers.end(), {end, end - 1, end + 1});
    numbers.insert(numbers.end(), {end + (Word{1} << 16), end + (Word{1} << 32)});
    for (const Word unit : units_) numbers.insert(numbers.end(), {end - unit, end + unit, end / unit * unit});
  }
  sort_unique(numbers);
  return numbers;
}

std::vector<std::vector<Word>> NearCalls::around(const State& state, const Call& call) const {
  const std::vector<Word> numbers = numbers_of(state);
  std::vector<std::vector<Word>> choices;
  for (std::size_t i = 0; i < rule_.parameters.size(); ++i) {
    const Type& type = rule_.parameters[i].type;
    std::vector<Word>& words = choices.emplace_back();
    switch (type.tag) {
      case TypeTag::boolean:
        words = {0, 1};
        break;
      case TypeTag::enumeration:
        for (Word word = 0; word < law_.enums[type.id].constants.size(); ++word) words.push_back(word);
        break;
      case TypeTag::flags:
        words.push_back(0);
        for (std::size_t bit = 0; bit < law_.flag_sets[type.id].constants.size(); ++bit) {
          words.insert(words.end(), {Word{1} << bit, call.arguments[i] ^ Word{1} << bit});
        }
        break;
      case TypeTag::reference:
        words.push_back(kNone);
        for (Word object = 0; object < state.slots(type.id); ++object) {
          if (state.lives(type.id, object)) words.push_back(object);
        }
        break;
      case TypeTag::pow2:
        words = units_;
        break;
      default: {
        words = numbers;
        if (uses_[i].role != Role::length) break;
        for (std::size_t j = 0; j < uses_.size(); ++j) {
          if (uses_[j].role != Role::address || rule_.parameters[j].type.tag != TypeTag::u64) continue;
          for (const Word number : numbers) words.push_back(number - call.arguments[j]);
        }
        sort_unique(words);
        break;
      }
    }
    std::erase(words, call.arguments[i]);
  }
  return choices;
}

}  // namespace iolaw
