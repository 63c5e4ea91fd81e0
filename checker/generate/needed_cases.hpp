// SPDX-License-Identifier: Apache-2.0
// Of a suite that was made bit by bit, the cases that show something no other one shows.
#pragma once

#include <string>
#include <vector>

#include "checker/generate/case.hpp"
#include "checker/generate/decisions.hpp"

namespace iolaw {

// What the calls of each case show, by name: circumstances and pairs (survey.hpp), what is left behind and told
// (slip_search.hpp). The answer does not depend on threads.
std::vector<std::vector<std::string>> keys_of(const Law& law, const std::vector<Sequence>& cases, unsigned threads);

// Parallel to the cases: which are needed, so that each outcome is the subject of one, and each decision and each of
// the `keys` is shown by one. Those that are `fixed` are needed anyway.
std::vector<bool> needed_cases(const Law& law, const std::vector<Case>& cases,
                               const std::vector<std::vector<std::string>>& keys,
                               const std::vector<DecisionGoal>& decisions, const std::vector<bool>& fixed,
                               unsigned threads);

}  // namespace iolaw
