// SPDX-License-Identifier: Apache-2.0
// How much the properties of a law demand of its rules: each mutant of a rule (see generate/mutate.hpp) should break a
// proof. What no property notices may be wrong without anybody being told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

struct MutantVerdict {
  enum class Tag : std::uint8_t {
    caught,    // a proof of the law fails for the mutant
    survives,  // all proofs go through: no property notices, or the mutant means the same
    unseen,    // no question changes: what succeeds, and what follows, is the same; at most the error differs
    refused,   // proofs cannot carry the mutant
  };
  std::string text;  // "ioas.map: `length == 0` never applies"
  Tag tag = Tag::survives;
  std::string by;  // caught: "ioas.map / area.disjoint"; refused: why
};

struct MutationOptions {
  std::string rule;  // only mutants that change this rule
  unsigned threads = 2;
  std::function<void(std::size_t done, std::size_t all)> progress;
};

// In the order of the mutants. Reachability is not asked.
std::vector<MutantVerdict> mutate_and_prove(const Law& law, const MutationOptions& options);

}  // namespace iolaw
