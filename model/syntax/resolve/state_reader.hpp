// SPDX-License-Identifier: Apache-2.0
// Whether an expression depends on the state of the law, or on its variables alone.
#pragma once

#include <map>
#include <set>

#include "model/syntax/resolve/names.hpp"

namespace iolaw::syntax {

class StateReader {
 public:
  explicit StateReader(const Law& law) : law_(law) {}

  // The first part that reads the state, itself or by a def that it calls; null if none does.
  const Expr* find(const Expr& e);

 private:
  bool def(std::uint32_t index);

  const Law& law_;
  std::map<std::uint32_t, bool> reads_;  // by def
  std::set<const Expr*> clean_;          // a tree may share its parts
};

// Reports a given function whose instance reads the state.
void check_given(Names& names, std::uint32_t def, StateReader& reader);

}  // namespace iolaw::syntax
