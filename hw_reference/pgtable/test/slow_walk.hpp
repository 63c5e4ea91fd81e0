// SPDX-License-Identifier: Apache-2.0
// A walk as the architecture describes it, from the fields of an STE or CD and nothing else. It shares no code with
// what it checks.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "hw_reference/pgtable/format.hpp"
#include "hw_reference/pgtable/table_memory.hpp"

namespace hw_reference::pgtable {

struct SlowWalk {
  bool reached = false;             // a valid leaf
  std::uint64_t address = 0;        // physical, of the byte
  std::uint64_t leaf = 0;           // the descriptor
  std::uint64_t size = 0;           // bytes of the leaf
  std::set<std::uint64_t> visited;  // addresses of the tables read, each cut to its granule
};

SlowWalk slow_walk(const TableMemory& memory, const RootFields& fields, Stage stage, std::uint64_t root,
                   std::uint64_t input);

}  // namespace hw_reference::pgtable
