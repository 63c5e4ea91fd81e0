// SPDX-License-Identifier: Apache-2.0
// The simplest sequence that a series of small changes leads to, with what made the sequence interesting kept.
#pragma once

#include <functional>

#include "checker/generate/budget.hpp"
#include "checker/generate/simplicity.hpp"

namespace iolaw {

// Keeps each reduction (see Reductions) for which `keeps` holds, pass after pass, until nothing changes or the budget
// is used up. Each trial is charged with its number of calls.
Sequence minimize(const Law& law, const Simplicity& simplicity, Sequence sequence, Budget& budget,
                  const std::function<bool(const Sequence&)>& keeps);

}  // namespace iolaw
