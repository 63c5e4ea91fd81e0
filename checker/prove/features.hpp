// SPDX-License-Identifier: Apache-2.0
// What is remarkable about a state, so that a search keeps the states that show something new.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

class Features {
 public:
  explicit Features(const Law& law);

  enum class Novelty : std::uint8_t { none, beside, feature };

  // Whether the state shows something that no state before it did, a feature or at least a feature beside other
  // objects:
  //   of an object, one field, seen from it or over one or two references: which constant, none or some, which of the
  //   law's units, ranges and numbers a number meets; all its fields that are no numbers, together
  //   of an object, by which two ways others refer to it
  //   each of these beside none, one or more objects of each kind.
  Novelty note(const State& state);

 private:
  void walk(const State& state, std::uint32_t kind, Word object, std::uint64_t path, int depth);
  void refer(std::uint32_t kind, Word object, std::uint64_t path);
  void add(std::uint64_t feature);
  void add_number(std::uint64_t path, Word word);

  const Law& law_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;   // of features, in the order of their discovery
  std::vector<bool> beside_;                                   // per feature, twice per kind
  std::vector<std::uint32_t> found_;                           // of the state at hand
  std::vector<std::vector<std::vector<std::uint64_t>>> ways_;  // likewise, per kind and object: who refers to it
};

}  // namespace iolaw
