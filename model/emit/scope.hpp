// SPDX-License-Identifier: Apache-2.0
// The finite scope that a model is compiled for: how many objects of each kind there may be, and which numbers calls
// pass.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/law/scope_text.hpp"

namespace iolaw::emit {

struct ScopeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr std::uint32_t kMostObjects = kMostScopeObjects;  // of one kind

struct Scope {
  std::vector<std::uint32_t> objects;                     // by kind
  std::vector<std::vector<std::vector<Word>>> arguments;  // by rule and parameter: ascending; empty for references
  unsigned bits = 64;                                     // of the numbers that fields keep; 64: any u64
  unsigned index_bits = 8;   // of the index that stands for a wide number in keys; 64: none does
  bool enumerable = false;   // whether `arguments` were given, so that all calls can be made
  bool bad_handles = false;  // calls may also name an object that does not live
  bool any_index = true;     // a new object may take any index that is free, not only the lowest
  bool canonical = false;    // states that differ in the names of objects only are one
};

// Any u64, the same capacity for each kind: what tests and random runs need.
Scope whole_scope(const Law& law, std::uint32_t objects);

// The scope that a text describes (model/law/scope_text.hpp). Throws ScopeError.
Scope parse_scope(const Law& law, std::string_view text);

// "Ioas=2, Area=3, …": the capacities, as users wrote them or by default.
std::string to_string(const Law& law, const Scope& scope);

}  // namespace iolaw::emit
