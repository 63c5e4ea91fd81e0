// SPDX-License-Identifier: Apache-2.0
// What every state has, since no more than finitely many objects live: of those in one parent whose number is at most
// x, one whose number is the greatest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/encode/view.hpp"
#include "model/law/law.hpp"

namespace iolaw {

// Of objects of `kind`, by the last address of an interval that they keep; by a number where they keep no interval.
struct NearestObject {
  std::uint32_t kind = 0;
  std::uint32_t field = 0;
  std::uint32_t part = 0;  // of the field's value
};

// All that a law has, of kinds that live in others.
std::vector<NearestObject> nearest_objects(const Law& law);

// The object below or at `x` in `parent`, and what is true of it; said of the one parent and number.
struct NearestFact {
  smt::Term object = nullptr;
  smt::Term fact = nullptr;
};
NearestFact nearest_fact(smt::Terms& terms, const Law& law, const View& state, const NearestObject& which,
                         smt::Term parent, smt::Term x);

}  // namespace iolaw
