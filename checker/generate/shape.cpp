// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/shape.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kHashSeed = 0x9e3779b97f4a7c15;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word + kHashSeed + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 33);
}

// One bit for each question that the law's constants raise about a number.
std::uint64_t sort_of(const Law& law, Word word) {
  std::uint64_t bits = word == 0 ? 1 : 0;
  for (const Constant& constant : law.constants) {
    bits <<= 1;
    if (constant.type.tag == TypeTag::pow2) {
      bits |= (word & (constant.value - 1)) == 0 ? 1U : 0U;
      bits = bits << 1 | (word > ~Word{0} - constant.value ? 1U : 0U);
    } else if (constant.type.tag == TypeTag::interval) {
      bits |= word >= constant.value && word <= constant.last ? 1U : 0U;
    } else {
      bits |= word > constant.value ? 1U : 0U;
    }
  }
  return bits;
}

std::uint64_t hash(const Law& law, const State& state, bool sorts, const std::vector<bool>* kinds = nullptr) {
  std::uint64_t hash = kHashSeed;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    if (kinds != nullptr && !(*kinds)[kind]) continue;
    hash = mix(hash, state.population(kind));
    const std::vector<Field>& fields = law.kinds[kind].fields;
    std::uint64_t touching = 0;
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (!state.lives(kind, object)) continue;
      hash = mix(hash, object);
      for (std::uint32_t field = 0; field < fields.size(); ++field) {
        const Type& type = fields[field].type;
        const Word* words = state.field(kind, object, field);
        if (!type.is_integer() && type.tag != TypeTag::interval) {
          hash = mix(hash, words[0]);
          continue;
        }
        if (!sorts) continue;
        hash = mix(hash, sort_of(law, words[0]));
        if (type.tag != TypeTag::interval) continue;
        hash = mix(hash, sort_of(law, words[1]));
        hash = mix(hash, sort_of(law, words[1] - words[0] + 1));
        for (Word other = 0; other < state.slots(kind); ++other) {
          if (state.lives(kind, other) && *state.field(kind, other, field) == words[1] + 1) ++touching;
        }
      }
    }
    if (sorts) hash = mix(hash, touching);
  }
  return hash;
}

}  // namespace

std::uint64_t hash_shape(const Law& law, const State& state) { return hash(law, state, false); }

std::uint64_t hash_sort(const Law& law, const State& state) { return hash(law, state, true); }

std::uint64_t hash_sort(const Law& law, const State& state, const std::vector<bool>& kinds) {
  return hash(law, state, true, &kinds);
}

}  // namespace iolaw
