// SPDX-License-Identifier: Apache-2.0
// Mutants of a law: each reads one place of one rule or def as a careless implementation might. A suite that tells the
// law from its mutants tests both sides of every boundary, each condition by itself, and the order of failures.
#pragma once

#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

struct Mutant {
  std::string text;                   // "ioas.map: `length == 0` never applies"
  std::vector<std::uint32_t> rules;   // whose calls it can change
  std::vector<std::uint32_t> probes;  // that read a changed def too
  // Of rules and probes these alone, without properties and the text of files. Expressions that read the same are those
  // of the law itself.
  Law law;
  // Conditions are read in another order, so that one may be read where it has no value.
  bool reordered = false;
};

// In a fixed order. Probes, branches of which the law is silent, and what it permits to refuse are left as they are.
std::vector<Mutant> make_mutants(const Law& law);

}  // namespace iolaw
