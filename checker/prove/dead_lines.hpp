// SPDX-License-Identifier: Apache-2.0
// Lines of failure tables that no call takes.
#pragma once

#include <set>
#include <string>

#include "checker/prove/cache.hpp"
#include "model/law/law.hpp"

namespace iolaw {

// Of the lines with these names ("ioas.map.overlap") those that are proved to be dead: in no state that meets the
// invariants of the law a call ends by them. Rests on the invariants, which `iolaw prove` proves. One that reads what
// is not known before the call, or for which the budget was not enough, is not among them.
std::set<std::string> dead_lines(const Law& law, const std::set<std::string>& names, Cache& cache, unsigned threads);

}  // namespace iolaw
