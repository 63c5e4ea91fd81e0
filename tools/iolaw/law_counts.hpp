// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "model/law/law.hpp"

namespace iolaw {

// How much there is in a law. What declarations imply (Property::generated) is counted apart.
struct LawCounts {
  std::size_t modules = 0;
  std::size_t objects = 0;  // kinds
  std::size_t rules = 0;    // and probes
  std::size_t probes = 0;
  std::size_t outcomes = 0;  // of each rule: success and every failure, but not what the law leaves unspecified
  std::size_t invariants = 0;
  std::size_t steps = 0;
  std::size_t covers = 0;
  std::size_t generated = 0;
  std::size_t citations = 0;
  std::size_t profiles = 0;
  std::size_t givens = 0;
  std::size_t axioms = 0;
  std::size_t scopes = 0;
};

LawCounts count_law(const Law& law);

}  // namespace iolaw
