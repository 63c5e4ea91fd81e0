// SPDX-License-Identifier: Apache-2.0
// What no case shows yet, looked for at random beside the cases: two of them on the same objects, a call between, calls
// behind, other numbers and objects. It takes long; what it finds is kept as seeds (see seeds.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/generate/seeds.hpp"

namespace iolaw {

struct BesideOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;           // what is found does not depend on it
  std::uint64_t tries = 100'000;  // runs that are looked at
  std::uint64_t minimize_calls = 20'000;
  std::string only{};  // slips alone, and of these only what has such words in its name; empty: all
  // Told from time to time, by any thread, of the runs so far and the goals that they showed.
  std::function<void(std::uint64_t tries, std::size_t found)> progress{};
};

// Short runs, each for a slip, a circumstance or a pair that neither `cases` nor another one shows, or a mutant that
// none of them tells from the law. In order of their names.
std::vector<Seed> find_beside(const Law& law, const std::vector<Sequence>& cases, const BesideOptions& options);

}  // namespace iolaw
