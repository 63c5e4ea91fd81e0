// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/vary.hpp"

#include <algorithm>

#include "checker/generate/join.hpp"
#include "model/law/units.hpp"

namespace iolaw {
namespace {

// Where a step takes numbers or objects.
struct WordPlace {
  std::size_t step = 0;
  std::size_t argument = 0;
};

std::vector<WordPlace> places(const Law& law, const Sequence& sequence, bool objects) {
  std::vector<WordPlace> found;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    for (std::size_t j = 0; j < sequence[i].arguments.size(); ++j) {
      const bool object = law.rules[sequence[i].rule].parameters[j].type.tag == TypeTag::reference;
      if (object == objects) found.push_back({i, j});
    }
  }
  return found;
}

// A word as the type takes it.
Word fitted(const Law& law, const Type& type, Word word) {
  switch (type.tag) {
    case TypeTag::boolean:
      return word & 1;
    case TypeTag::enumeration:
      return word % law.enums[type.id].constants.size();
    case TypeTag::flags:
      return word & ((Word{1} << law.flag_sets[type.id].constants.size()) - 1);
    case TypeTag::pow2:
      return Word{1} << (word & 63);
    default:
      return word;
  }
}

}  // namespace

Vary::Vary(const Law& law) : law_(law), units_{1} {
  for (const Word unit : units_of(law)) units_.push_back(unit);
  std::vector<Word> ends{0};
  for (const Constant& constant : law.constants) {
    if (constant.type.tag == TypeTag::flags || constant.type.tag == TypeTag::boolean) continue;
    ends.push_back(constant.value);
    if (constant.type.tag == TypeTag::interval) ends.push_back(constant.last + 1);
  }
  for (const Word end : ends) {
    special_.insert(special_.end(), {end, end - 1, end + 1});
    for (const Word one : units_) {
      special_.insert(special_.end(), {end - one, end + one});
      for (const Word other : units_) special_.insert(special_.end(), {end - one - other, end + one + other});
    }
  }
  std::sort(special_.begin(), special_.end());
  special_.erase(std::unique(special_.begin(), special_.end()), special_.end());
}

Word Vary::any_number(const Sequence& sequence, std::mt19937_64& random) const {
  const std::vector<WordPlace> all = places(law_, sequence, false);
  if (all.empty()) return 0;
  const WordPlace& place = all[random() % all.size()];
  return sequence[place.step].arguments[place.argument].word;
}

Word Vary::number(const Sequence& sequence, std::mt19937_64& random) const {
  if (random() % 2 == 0) return special_[random() % special_.size()];
  const Word base = any_number(sequence, random);
  switch (random() % 6) {
    case 0:
      return base + units_[random() % units_.size()];
    case 1:
      return base - units_[random() % units_.size()];
    case 2:
      return base + any_number(sequence, random);
    case 3:
      return base - any_number(sequence, random);
    case 4:
      return units_[random() % units_.size()] * (1 + random() % 3);
    default:
      return base;
  }
}

void Vary::change_number(Sequence& sequence, std::mt19937_64& random) const {
  const std::vector<WordPlace> all = places(law_, sequence, false);
  if (all.empty()) return;
  const WordPlace& place = all[random() % all.size()];
  const Word old = sequence[place.step].arguments[place.argument].word;
  const Word word = number(sequence, random);
  const bool everywhere = random() % 2 == 0;
  for (const WordPlace& other : all) {
    Word& here = sequence[other.step].arguments[other.argument].word;
    const bool same_place = other.step == place.step && other.argument == place.argument;
    if (!same_place && !(everywhere && here == old)) continue;
    here = fitted(law_, law_.rules[sequence[other.step].rule].parameters[other.argument].type, word);
  }
}

void Vary::change_object(Sequence& sequence, std::mt19937_64& random) const {
  const std::vector<WordPlace> all = places(law_, sequence, true);
  if (all.empty()) return;
  const WordPlace& place = all[random() % all.size()];
  const std::uint32_t kind = law_.rules[sequence[place.step].rule].parameters[place.argument].type.id;
  std::vector<Argument> choices{{kNone, Argument::kNoStep, 0}};
  for (std::size_t step = 0; step < place.step; ++step) {
    const std::vector<Result>& results = law_.rules[sequence[step].rule].results;
    for (std::uint32_t result = 0; result < results.size(); ++result) {
      if (results[result].type.tag != TypeTag::reference || results[result].type.id != kind) continue;
      choices.push_back({kNone, static_cast<std::int32_t>(step), result});
    }
  }
  sequence[place.step].arguments[place.argument] = choices[random() % choices.size()];
}

Sequence Vary::operator()(const Sequence& sequence, std::mt19937_64& random) const {
  Sequence varied = sequence;
  const std::uint64_t changes = 1 + random() % 3;
  for (std::uint64_t i = 0; i < changes && !varied.empty(); ++i) {
    const std::size_t step = random() % varied.size();
    switch (random() % 12) {
      case 0:
        change_object(varied, random);
        break;
      case 1:
        if (varied.size() > 1) varied = without_steps(varied, step, step + 1);
        break;
      case 2:
        // The copy follows the step; what later steps name moves on.
        varied.insert(varied.begin() + static_cast<std::ptrdiff_t>(step), varied[step]);
        make_room(varied, step + 1, step + 1, 1);
        break;
      default:
        change_number(varied, random);
        break;
    }
  }
  return varied;
}

}  // namespace iolaw
