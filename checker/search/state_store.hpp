// SPDX-License-Identifier: Apache-2.0
// States in little memory, and which of them are the same but for the names of objects.
#pragma once

#include <cstdint>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw::search {

class StateStore {
 public:
  explicit StateStore(const Law& law) : law_(law) {}

  std::size_t add(const State& state);  // the place where it is kept
  // `state` becomes the one that is kept there; its memory is used again.
  void get(std::size_t place, State& state) const;
  std::size_t bytes() const { return words_.size() * sizeof(Word); }

 private:
  const Law& law_;
  std::vector<Word> words_;  // per kind: how many live; of each its index and its words
};

struct StateKey {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  friend auto operator<=>(const StateKey&, const StateKey&) = default;
  struct Hash {
    std::size_t operator()(const StateKey& key) const { return key.a; }
  };
};

// Of states that differ in the names of objects only, the same. Objects are told apart by what they hold, what that
// holds, and by what holds them, some steps far: two states with one key are the same but for chance (128 bits) and
// for cycles of references that are longer than that.
class StateKeys {
 public:
  explicit StateKeys(const Law& law);
  StateKey of(const State& state);

 private:
  struct Link {
    std::uint32_t kind;
    std::uint32_t target_kind;
    std::uint32_t offset;  // of the word in the object
  };
  const Law& law_;
  std::vector<std::vector<std::uint32_t>> plain_;  // per kind: the words that are no references
  std::vector<Link> links_;
  std::vector<std::uint32_t> first_;  // per kind: its first object in the lists below
  std::vector<StateKey> colours_;
  std::vector<StateKey> next_;
};

}  // namespace iolaw::search
