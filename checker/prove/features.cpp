// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/features.hpp"

#include <algorithm>

namespace iolaw {
namespace {

// References followed from an object.
constexpr int kDepth = 2;

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= word + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 33);
}

}  // namespace

Features::Features(const Law& law) : law_(law), ways_(law.kinds.size()) {}

// Small numbers are themselves; of larger ones, what the law's constants say.
void Features::add_number(std::uint64_t path, Word word) {
  std::uint64_t units = 0;
  std::uint64_t below = 0;
  std::uint64_t ranges = 1;
  for (const Constant& constant : law_.constants) {
    if (constant.type.tag == TypeTag::pow2) {
      units += (word & (constant.value - 1)) == 0 ? 1U : 0U;
      units += word > ~Word{0} - constant.value ? 0x100U : 0U;
    } else if (constant.type.tag == TypeTag::interval) {
      ranges = 2 * ranges + (word >= constant.value && word <= constant.last ? 1 : 0);
    } else if (constant.type.is_integer()) {
      below += constant.value < word ? 1 : 0;
    }
  }
  add(mix(mix(path, 11), std::min<Word>(word, 3)));
  add(mix(mix(path, 12), units));
  add(mix(mix(path, 13), ranges));
  add(mix(mix(path, 14), below));
}

void Features::add(std::uint64_t feature) {
  found_.push_back(numbers_.try_emplace(feature, static_cast<std::uint32_t>(numbers_.size())).first->second);
}

void Features::refer(std::uint32_t kind, Word object, std::uint64_t path) {
  if (ways_[kind].size() <= object) ways_[kind].resize(object + 1);
  ways_[kind][object].push_back(path);
}

void Features::walk(const State& state, std::uint32_t kind, Word object, std::uint64_t path, int depth) {
  const std::vector<Field>& fields = law_.kinds[kind].fields;
  std::uint64_t all = mix(path, 1);
  for (std::uint32_t f = 0; f < fields.size(); ++f) {
    const Type& type = fields[f].type;
    const Word* words = state.field(kind, object, f);
    const std::uint64_t here = mix(path, 2 + f);
    if (type.tag != TypeTag::reference) {
      if ((type.is_integer() || type.tag == TypeTag::interval) && depth == 0) continue;
      if (type.tag == TypeTag::interval) {
        add_number(here, words[0]);
        add_number(mix(here, 1), words[1] - words[0]);
        add_number(mix(here, 2), words[1]);
      } else if (!type.is_integer()) {
        add(mix(here, words[0]));
        all = mix(all, words[0]);
      } else if (type.maybe && words[1] == 0) {
        add(here);
      } else {
        add_number(here, words[0]);
      }
      continue;
    }
    const bool some = state.lives(type.id, *words);
    if (type.maybe) {
      add(mix(here, some ? 1 : 0));
      all = mix(all, some ? 1 : 0);
    }
    if (!some || depth == 0) continue;
    refer(type.id, *words, here);
    walk(state, type.id, *words, here, depth - 1);
  }
  add(all);
}

Features::Novelty Features::note(const State& state) {
  const std::size_t known = numbers_.size();
  found_.clear();
  for (auto& kind : ways_) {
    for (auto& object : kind) object.clear();
  }
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    add(mix(kind, 0));
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (state.lives(kind, object)) walk(state, kind, object, mix(kind, 1), kDepth);
    }
  }
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    for (std::vector<std::uint64_t>& ways : ways_[kind]) {
      std::sort(ways.begin(), ways.end());
      for (std::size_t i = 0; i < ways.size(); ++i) {
        for (std::size_t j = i + 1; j < ways.size(); ++j) add(mix(ways[i], ways[j]));
      }
    }
  }
  std::sort(found_.begin(), found_.end());
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  const std::size_t stride = 3 * law_.kinds.size();
  beside_.resize(numbers_.size() * stride);
  bool fresh = false;
  for (const std::uint32_t feature : found_) {
    for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
      const std::size_t bit = feature * stride + 3 * kind + std::min(state.population(kind), 2U);
      fresh = fresh || !beside_[bit];
      beside_[bit] = true;
    }
  }
  if (numbers_.size() > known) return Novelty::feature;
  return fresh ? Novelty::beside : Novelty::none;
}

}  // namespace iolaw
