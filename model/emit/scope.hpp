// SPDX-License-Identifier: Apache-2.0
// The finite scope that a model is compiled for: how many objects of each kind there may be, and which numbers calls
// pass.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::emit {

struct ScopeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::uint32_t kMostObjects = 63;  // of one kind

struct Scope {
  std::vector<std::uint32_t> objects;                     // by kind
  std::vector<std::vector<std::vector<Word>>> arguments;  // by rule and parameter: ascending; empty for references
  unsigned bits = 64;                                     // of the numbers that fields keep; 64: any u64
  bool enumerable = false;   // whether `arguments` were given, so that all calls can be made
  bool bad_handles = false;  // calls may also name an object that does not live
  bool any_index = true;     // a new object may take any index that is free, not only the lowest
  bool canonical = false;    // states that differ in the names of objects only are one
};

// Any u64, the same capacity for each kind: what tests and random runs need.
Scope whole_scope(const Law& law, std::uint32_t objects);

// "Ioas=2,Area=3,address=0..3,ioas.map.length=1|2,access.pin.*=0..3": capacities of kinds (1 where not named) and the
// values of parameters, by name in all rules or in one. `address` is the default of all integers. Values are numbers,
// closed ranges and ranges with a stride, `0..0xffff/0x1000`, joined by `|`. Other types take all of their values.
Scope parse_scope(const Law& law, std::string_view text);

// "Ioas=2, Area=3, …": the capacities, as users wrote them or by default.
std::string to_string(const Law& law, const Scope& scope);

}  // namespace iolaw::emit
