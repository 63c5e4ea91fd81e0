// SPDX-License-Identifier: Apache-2.0
// Sequences near a given one: how goals that need numbers in a setup to fit each other are found.
#pragma once

#include <random>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

class Vary {
 public:
  explicit Vary(const Law& law);

  // One to three small changes: a number replaced in one place or wherever it stands, by a special one or a neighbour
  // of one of the sequence; another object of the same kind; a step made twice; a step left out.
  Sequence operator()(const Sequence& sequence, std::mt19937_64& random) const;

 private:
  Word number(const Sequence& sequence, std::mt19937_64& random) const;
  Word any_number(const Sequence& sequence, std::mt19937_64& random) const;
  void change_number(Sequence& sequence, std::mt19937_64& random) const;
  void change_object(Sequence& sequence, std::mt19937_64& random) const;

  const Law& law_;
  std::vector<Word> units_;    // powers of two that the law names, and 1
  std::vector<Word> special_;  // ends of ranges and of the address space, units, with neighbours
};

}  // namespace iolaw
