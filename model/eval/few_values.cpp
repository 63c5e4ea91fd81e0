// SPDX-License-Identifier: Apache-2.0
#include "model/eval/few_values.hpp"

#include <algorithm>
#include <numeric>

namespace iolaw {
namespace {

constexpr std::size_t kMostFlags = 4;

std::vector<Word> up_to(Word end) {
  std::vector<Word> words(end);
  std::iota(words.begin(), words.end(), Word{0});
  return words;
}

}  // namespace

std::optional<std::vector<Word>> few_values(const Law& law, const State& state, const Type& type) {
  switch (type.tag) {
    case TypeTag::boolean:
      return up_to(2);
    case TypeTag::enumeration:
      return up_to(law.enums[type.id].constants.size());
    case TypeTag::flags:
      return up_to(Word{1} << std::min(law.flag_sets[type.id].constants.size(), kMostFlags));
    case TypeTag::reference: {
      std::vector<Word> living = up_to(state.slots(type.id));
      std::erase_if(living, [&](Word object) { return !state.lives(type.id, object); });
      return living;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace iolaw
