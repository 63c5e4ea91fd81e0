// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/simplicity.hpp"

#include <algorithm>
#include <bit>

#include "model/law/units.hpp"

namespace iolaw {
namespace {

// The law's largest unit is simpler than one: a length of one byte, or an address off by one, should stand only where
// it matters.
constexpr std::uint64_t kUnit = 1;
constexpr std::uint64_t kNamed = 2;
constexpr std::uint64_t kOne = 3;
constexpr std::uint64_t kMaximum = 4;
constexpr std::uint64_t kUnnamed = 4;
// An object costs next to nothing; "no such object" less, so that cases of bad handles make no objects for nothing.
constexpr std::uint64_t kObject = 1;

}  // namespace

Simplicity::Simplicity(const Law& law) : law_(law), unit_(largest_unit(law)) {
  for (const Constant& constant : law.constants) {
    named_.push_back(constant.value);
    if (constant.type.tag == TypeTag::interval) named_.push_back(constant.last);
  }
  std::sort(named_.begin(), named_.end());
  named_.erase(std::unique(named_.begin(), named_.end()), named_.end());
}

std::uint64_t Simplicity::of(Word word) const {
  if (word == 0) return 0;
  if (word == 1) return kOne;
  if (word == unit_) return kUnit;
  if (std::binary_search(named_.begin(), named_.end(), word)) return kNamed;
  if (word == ~Word{0}) return kMaximum;
  const auto digits = static_cast<std::uint64_t>(std::bit_width(word) + 3) / 4;
  const auto zeros = static_cast<std::uint64_t>(std::countr_zero(word)) / 4;
  std::uint64_t shown = 0;  // digits that are neither zero nor a run of f
  for (Word rest = word >> (4 * zeros); rest != 0; rest >>= 4) shown += (rest & 15) != 0 && (rest & 15) != 15 ? 2 : 1;
  return kUnnamed + digits + 2 * shown;
}

Cost Simplicity::of(const Sequence& sequence) const {
  Cost cost{sequence.size(), 0};
  for (const SequenceStep& step : sequence) {
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      const Argument& argument = step.arguments[i];
      if (law_.rules[step.rule].parameters[i].type.tag != TypeTag::reference) {
        cost.arguments += of(argument.word);
      } else if (argument.step != Argument::kNoStep) {
        cost.arguments += kObject + static_cast<std::uint64_t>(argument.step);
      }
    }
  }
  return cost;
}

std::vector<Word> Simplicity::simpler(Word word) const {
  std::vector<Word> words{0, 1, ~Word{0}};
  for (const Word named : named_) {
    words.insert(words.end(), {named, 2 * named, named + 1, named - 1});
  }
  for (int bits = 4; bits < 64; bits += 4) {
    const Word mask = (Word{1} << bits) - 1;
    words.insert(words.end(),
                 {word & ~mask, word & mask, word | mask, word >> bits, (word & ~mask) + (Word{1} << bits)});
  }
  const std::uint64_t limit = of(word);
  std::erase_if(words, [&](Word candidate) { return of(candidate) >= limit; });
  std::sort(words.begin(), words.end(), [&](Word a, Word b) { return std::pair(of(a), a) < std::pair(of(b), b); });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace iolaw
