// SPDX-License-Identifier: Apache-2.0
// Calls that change nothing, to be made after one that a case is about: each would end otherwise if an implementation
// had left something behind (see slips.hpp).
#pragma once

#include <vector>

#include "checker/generate/relevance.hpp"
#include "checker/generate/slips.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

class Telling {
 public:
  Telling(const Model& model, std::uint64_t seed);

  // For a case of which the last call is the subject. Equal sequences give equal calls.
  std::vector<SequenceStep> calls(const Sequence& sequence);

 private:
  const Model& model_;
  std::uint64_t seed_;
  Relevance relevance_;
  Sampler sampler_;
  Slips slips_;
};

}  // namespace iolaw
