// SPDX-License-Identifier: Apache-2.0
// Of a suite that was made bit by bit, the cases that show something no other one shows.
#pragma once

#include <vector>

#include "checker/generate/case_maker.hpp"

namespace iolaw {

// Parallel to the cases: which are needed, so that each outcome is the subject of one, and each decision, circumstance
// and slip is shown by one. Those that are `fixed` are needed anyway. Of those that are needed all are.
std::vector<bool> needed_cases(const std::vector<MadeCase>& cases, const std::vector<bool>& fixed);

}  // namespace iolaw
