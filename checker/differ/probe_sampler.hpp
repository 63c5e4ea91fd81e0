// SPDX-License-Identifier: Apache-2.0
// Draws calls of probes where they have something to tell: near what the state holds. Much cheaper than all of them.
#pragma once

#include <optional>
#include <vector>
#include "model/eval/quick_random.hpp"

#include "model/eval/model.hpp"

namespace iolaw {

class ProbeSampler {
 public:
  explicit ProbeSampler(const Law& law);

  // nullopt if there is nothing to ask: no probe, or no living object for it.
  std::optional<Call> call(const State& state, QuickRandom& random);

  // Whether the last call had something to tell; so it learns where a probe's numbers are to be found.
  void learn(bool told);

 private:
  struct Range {
    Word first = 0;
    Word last = 0;
  };
  // Where a number of the state is kept: a field that is an interval or a u64.
  struct Source {
    std::uint32_t kind = 0;
    std::uint32_t field = 0;
    bool interval = false;
  };

  // How often a probe that took its number from a source had something to tell.
  struct Luck {
    std::uint32_t asked = 0;
    std::uint32_t told = 0;
    float rate() const { return (static_cast<float>(told) + 1) / (static_cast<float>(asked) + 2); }
  };

  Word number(const State& state, std::uint32_t probe, QuickRandom& random);

  const Law& law_;
  std::vector<std::uint32_t> probes_;
  std::vector<Source> sources_;
  std::vector<Range> constants_;
  std::vector<std::vector<Luck>> luck_;  // per probe and source, and one for the law's constants
  Luck* last_ = nullptr;                 // of the last number
  std::vector<Word> units_;              // powers of two that the law names, and 1
};

// The objects of a kind that live, one of them; kNone if there is none.
Word any_living(const State& state, std::uint32_t kind, QuickRandom& random);

}  // namespace iolaw
