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
  std::optional<Call> call(const State& state, QuickRandom& random) const;

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

  Word number(const State& state, QuickRandom& random) const;

  const Law& law_;
  std::vector<std::uint32_t> probes_;
  std::vector<Source> sources_;
  std::vector<Range> constants_;
  std::vector<Word> units_;  // powers of two that the law names, and 1
};

// The objects of a kind that live, one of them; kNone if there is none.
Word any_living(const State& state, std::uint32_t kind, QuickRandom& random);

}  // namespace iolaw
