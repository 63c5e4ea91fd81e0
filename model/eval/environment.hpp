// SPDX-License-Identifier: Apache-2.0
// Axioms, checked on the instance that the law gives of its environment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

struct AxiomCheck {
  enum class Tag : std::uint8_t {
    holds,   // of all values
    tested,  // of all that were tried: `samples`; the formula is beyond exact evaluation
    fails,
  };
  Tag tag = Tag::holds;
  std::string name;  // of the axiom; "given.fits" where what a given function gives must fit its type
  Span span;
  std::uint64_t samples = 0;
  std::string why;  // fails: for which values, or why there is no value
};

// Of every axiom, and of every given function that gives a number.
std::vector<AxiomCheck> check_environment(const Law& law);

}  // namespace iolaw
