// SPDX-License-Identifier: Apache-2.0
// The text of a finite scope, in a law (`scope NAME "Title": …`) and on the command line alike:
//
//   Ioas=2, Area=3, address=0..3, ioas.map.length=1|2, ioas.unmap.*=0..0xffff/0x1000
//
// Capacities of kinds (1 where not named) and the values of parameters, by name in all rules or in one. `address` is
// the default of all integers. Values are numbers, closed ranges and ranges with a stride, joined by `|`. Parameters of
// other types take all of their values.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// What is wrong with a scope, and where in its text.
struct ScopeMistake : std::runtime_error {
  ScopeMistake(const std::string& what, std::size_t where, std::size_t characters)
      : std::runtime_error(what), offset(where), length(characters) {}
  std::size_t offset;
  std::size_t length;              // of the part that is wrong
  std::vector<std::string> known;  // what may stand there, if it is an unknown name
};

inline constexpr std::uint32_t kMostScopeObjects = 63;  // of one kind

struct ScopeValues {
  std::vector<std::uint32_t> objects;                     // by kind
  std::vector<std::vector<std::vector<Word>>> arguments;  // by rule and parameter: ascending; empty for references
};

// Throws ScopeMistake.
ScopeValues read_scope(const Law& law, std::string_view text);

}  // namespace iolaw
