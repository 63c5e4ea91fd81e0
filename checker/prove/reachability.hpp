// SPDX-License-Identifier: Apache-2.0
// Whether every outcome of every rule, and every cover, can be reached from the initial state: what cannot happen makes
// proofs about it empty.
#pragma once

#include <atomic>
#include <set>
#include <string>

#include "checker/prove/cache.hpp"
#include "checker/prove/prove.hpp"
#include "checker/prove/witness_file.hpp"

namespace iolaw {

struct WitnessOptions {
  std::string rule{};                 // only of this rule, by name; empty: of all
  KeptWitnesses kept{};               // those beside the law
  std::set<std::string> elsewhere{};  // what the law's first profile has, if this is another: names as in `kept`
  unsigned threads = 1;
};

// A witness that was kept, or of the cache, is made again before it is believed. What no call can do is found by proof;
// it is no mistake where another profile has it. What is not found when `stop` becomes true is unknown. What is found
// does not depend on threads.
std::vector<Finding> find_witnesses(const Law& law, const WitnessOptions& options, Cache& cache,
                                    const std::atomic<bool>& stop);

// The names of those that lead where they say by this law.
std::set<std::string> kept_that_lead(const Law& law, const KeptWitnesses& kept);

// How many findings that makes, of all rules.
std::size_t count_witnesses(const Law& law);

}  // namespace iolaw
