// SPDX-License-Identifier: Apache-2.0
// What a rule does with each parameter, read off its expressions: so that a call can be drawn that means something.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::eval {

struct ParameterUse {
  enum class Role : std::uint8_t {
    other,
    address,  // first of an interval, or a key of an interval map
    length,   // what the last address of an interval depends on besides
  };
  Role role = Role::other;
  bool fresh = false;  // becomes part of the key of a new object in an interval map: better where nothing is yet
  // What stands with it in one condition or effect: interval fields (kind, field), interval constants, and references
  // among the parameters.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> fields;
  std::vector<std::uint32_t> constants;
  std::vector<std::uint32_t> partners;
};

// One for each parameter.
std::vector<ParameterUse> uses_of_parameters(const Law& law, const Rule& rule);

}  // namespace iolaw::eval
