// SPDX-License-Identifier: Apache-2.0
// Which of two sequences a reader would rather see: fewer steps, then simpler arguments.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

struct Cost {
  std::size_t steps = 0;
  std::uint64_t arguments = 0;
  friend auto operator<=>(const Cost&, const Cost&) = default;
};

class Simplicity {
 public:
  explicit Simplicity(const Law& law);

  // 0 for zero; low for the law's largest unit, its constants, one and the maximum; more the more digits a hexadecimal
  // number shows.
  std::uint64_t of(Word word) const;
  Cost of(const Sequence& sequence) const;

  // Numbers to try instead of `word`, all simpler, the simplest first.
  std::vector<Word> simpler(Word word) const;

 private:
  const Law& law_;
  Word unit_;                // the law's largest
  std::vector<Word> named_;  // words of the law's constants, ascending
};

}  // namespace iolaw
