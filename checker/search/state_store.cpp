// SPDX-License-Identifier: Apache-2.0
#include "checker/search/state_store.hpp"

#include "checker/search/mix.hpp"

namespace iolaw::search {
namespace {

// Steps over which objects tell others apart: the longest chain of references in a small state, there and back.
constexpr int kRounds = 4;

void mix_into(StateKey& key, std::uint64_t word) {
  key.a = mix(key.a, word);
  key.b = mix(key.b + 0x9e3779b97f4a7c15, word ^ 0xc4ceb9fe1a85ec53);
}

// What is added up does not depend on the order.
void add(StateKey& key, const StateKey& other, std::uint64_t label) {
  StateKey part = other;
  mix_into(part, label);
  key.a += part.a;
  key.b += part.b;
}

}  // namespace

std::size_t StateStore::add(const State& state) {
  const std::size_t place = words_.size();
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    words_.push_back(state.population(kind));
    if (state.population(kind) == 0) continue;
    const std::vector<Word>& words = state.words(kind);
    const std::uint32_t stride = state.stride(kind);
    for (std::size_t at = 0; at < words.size(); at += stride) {
      if (words[at] == 0) continue;
      words_.push_back(at / stride);
      for (std::uint32_t word = 1; word < stride; ++word) words_.push_back(words[at + word]);
    }
  }
  return place;
}

void StateStore::get(std::size_t place, State& state) const {
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    if (state.population(kind) > 0) {
      for (Word object = 0; object < state.slots(kind); ++object) state.set_lives(kind, object, false);
    }
    const std::uint32_t stride = state.stride(kind);
    for (Word left = words_[place++]; left > 0; --left) {
      const Word object = words_[place++];
      state.set_lives(kind, object, true);
      Word* words = state.words_at(kind, object);
      for (std::uint32_t word = 1; word < stride; ++word) words[word] = words_[place++];
    }
  }
}

StateKeys::StateKeys(const Law& law) : law_(law), plain_(law.kinds.size()), first_(law.kinds.size() + 1) {
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    std::uint32_t offset = 1;
    for (const Field& field : law.kinds[kind].fields) {
      if (field.type.tag == TypeTag::reference) {
        links_.push_back({kind, field.type.id, offset});
      } else {
        for (std::uint32_t word = 0; word < words_of(field.type); ++word) plain_[kind].push_back(offset + word);
      }
      offset += words_of(field.type);
    }
  }
}

StateKey StateKeys::of(const State& state) {
  colours_.clear();
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    first_[kind] = static_cast<std::uint32_t>(colours_.size());
    const std::vector<Word>& words = state.words(kind);
    const std::uint32_t stride = state.stride(kind);
    for (std::size_t at = 0; at < words.size(); at += stride) {
      StateKey colour{kind + 1, kind + 1};
      if (words[at] != 0) {
        for (const std::uint32_t word : plain_[kind]) mix_into(colour, words[at + word]);
      }
      colours_.push_back(colour);
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    next_ = colours_;
    for (StateKey& colour : next_) mix_into(colour, 1);
    std::uint64_t label = 2;
    for (const Link& link : links_) {
      label += 2;
      if (state.population(link.kind) == 0) continue;
      const std::vector<Word>& words = state.words(link.kind);
      const std::uint32_t stride = state.stride(link.kind);
      for (std::size_t at = 0; at < words.size(); at += stride) {
        if (words[at] == 0) continue;
        const std::size_t from = first_[link.kind] + at / stride;
        const Word target = words[at + link.offset];
        if (!state.lives(link.target_kind, target)) {
          add(next_[from], {~target, target}, label);  // what is dead has a name and nothing else
          continue;
        }
        const std::size_t to = first_[link.target_kind] + target;
        add(next_[from], colours_[to], label);
        add(next_[to], colours_[from], label + 1);
      }
    }
    colours_.swap(next_);
  }
  StateKey sum;
  for (std::uint32_t kind = 0; kind < law_.kinds.size(); ++kind) {
    for (Word object = 0; object < state.slots(kind); ++object) {
      if (state.lives(kind, object)) add(sum, colours_[first_[kind] + object], 0);
    }
  }
  return sum;
}

}  // namespace iolaw::search
