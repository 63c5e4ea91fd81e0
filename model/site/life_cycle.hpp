// SPDX-License-Identifier: Apache-2.0
// The life cycles of objects: which rules move a field with few values (a boolean, an enumeration, a reference that may
// be none) from which value to which.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::site {

struct Move {
  std::size_t from = 0;  // index into LifeCycle::values; kNowhere: the object is made
  std::size_t to = 0;    // likewise; kNowhere: the object ends
  std::vector<std::uint32_t> rules;
};
inline constexpr std::size_t kNowhere = ~std::size_t{0};

struct LifeCycle {
  std::uint32_t kind = 0;
  std::uint32_t field = 0;
  std::vector<std::string> values;  // "false", "true"; "none", "some"; the constants of an enumeration
  std::vector<Move> moves;          // ordered by from, to
};

// One for each field of a kind that some rule moves. A move is left out only where the rule's conditions refuse the old
// value, or its effect cannot give the new one; where that cannot be seen from the text, it is there.
std::vector<LifeCycle> life_cycles(const Law& law, std::uint32_t kind);

}  // namespace iolaw::site
