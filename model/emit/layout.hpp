// SPDX-License-Identifier: Apache-2.0
// How objects are kept in a compiled model: names, storage types, and the bits of a packed state.
//
// A state has for each kind a mask of the objects that live and an array per field; intervals and maybe integers have
// two. References are kept as index + 1, 0 for none, so that a dead object is all zeros. The packed state ("key") is
// the same values in as few bits as the scope needs; wide numbers are there by their index among those that a search
// saw.
#pragma once

#include <string>
#include <vector>

#include "model/emit/integer.hpp"
#include "model/emit/scope.hpp"
#include "model/law/law.hpp"

namespace iolaw::emit {

// One array of the state.
struct Column {
  enum class Tag : std::uint8_t { number, boolean, reference, present };
  Tag tag = Tag::number;
  std::string name;          // "Area_span_first"
  std::string storage;       // "u8"
  unsigned bits = 1;         // in the packed state
  bool by_index = false;     // there it is the index of a number (runtime.hpp, Numbers)
  Range range;               // of a number
  std::uint32_t target = 0;  // reference: the kind
};

struct FieldLayout {
  Column first;
  Column second;  // intervals: the last address; maybe integers: whether there is one
  bool two = false;
};

struct Layout {
  Layout(const Law& law, const Scope& scope);

  std::vector<std::vector<FieldLayout>> fields;  // by kind
  unsigned key_bits = 0;
  unsigned key_words = 1;
};

// What is safe in an identifier.
std::string identifier(std::string_view name);

// `all_columns(layout, kind)`: in the order of the fields.
std::vector<const Column*> all_columns(const Layout& layout, std::uint32_t kind);

}  // namespace iolaw::emit
