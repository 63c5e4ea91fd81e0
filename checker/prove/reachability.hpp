// SPDX-License-Identifier: Apache-2.0
// Whether every outcome of every rule, and every cover, can be reached from the initial state: what cannot happen makes
// proofs about it empty.
#pragma once

#include <atomic>

#include "checker/prove/cache.hpp"
#include "checker/prove/prove.hpp"
#include "checker/prove/witness_file.hpp"

namespace iolaw {

// Of all rules, or of the one named. A witness that was kept, or of the cache, is made again before it is believed.
// What is not found when `stop` becomes true is unknown. What is found does not depend on `threads`.
std::vector<Finding> find_witnesses(const Law& law, const std::string& rule, const KeptWitnesses& kept, Cache& cache,
                                    unsigned threads, const std::atomic<bool>& stop);
// How many findings that makes, of all rules.
std::size_t count_witnesses(const Law& law);

}  // namespace iolaw
