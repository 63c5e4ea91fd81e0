// SPDX-License-Identifier: Apache-2.0
// Makes a model smaller, greedily: fewer objects, then small and page-aligned numbers.
#pragma once

#include <chrono>
#include <functional>

#include "checker/scope/decode.hpp"

namespace iolaw::scope {

using Clock = std::chrono::steady_clock;

// `solve` asks for a model under assumptions and says whether there is one; `accept` is called after each that there
// is. Ends at the deadline with what it has.
void shrink(Terms& terms, smt::Solver& solver, const Wishes& wishes, std::vector<Term> fixed,
            Clock::time_point deadline, const std::function<bool(const std::vector<Term>&)>& solve,
            const std::function<void()>& accept);

}  // namespace iolaw::scope
