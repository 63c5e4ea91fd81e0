// SPDX-License-Identifier: Apache-2.0
// The calls that a guided search tries: as a sampler draws them, or with numbers that are likelier to matter.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

class GuidedCalls {
 public:
  // Draws from `random`, which others draw from in between. Both must outlive this.
  GuidedCalls(const Law& law, std::mt19937_64& random);

  // How many calls of a rule are tried in one state.
  static std::uint32_t draws_of(const Rule& rule);

  // A call as the sampler draws it; now and then with numbers that led to something elsewhere, or with a special one.
  Call draw(const State& state, std::uint32_t rule);

  // Remembers the numbers of a call that led to something.
  void led_on(const Call& call) { numbers_[call.rule].push_back(call); }

  // One number in four (`odds` 6), or one in two (3), becomes a special one, a unit, or the last unit of the address
  // space.
  void change_numbers(Call& call, std::uint64_t odds);

  // One or two arguments of `call` taken from `other`.
  Call crossed(Call call, const Call& other);

 private:
  const Law& law_;
  std::mt19937_64& random_;
  Sampler sampler_;
  std::vector<std::vector<Call>> numbers_;  // per rule: calls that led to something
  std::vector<Word> units_{1};
  std::vector<Word> special_;  // ascending
};

}  // namespace iolaw
