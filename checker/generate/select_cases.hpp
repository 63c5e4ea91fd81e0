// SPDX-License-Identifier: Apache-2.0
// The cases that a suite needs: each shows something that no other one shows.
#pragma once

#include <cstdint>
#include <vector>

namespace iolaw {

// What a case shows, by number; and what it costs.
struct Shown {
  std::vector<std::uint32_t> goals;
  std::size_t steps = 0;
};

// Parallel to the cases: whether the case is kept. All that is shown stays shown; the longest are left out first.
std::vector<bool> select_cases(const std::vector<Shown>& cases);

}  // namespace iolaw
