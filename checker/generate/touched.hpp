// SPDX-License-Identifier: Apache-2.0
// What effects may change, and whether an expression reads it.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

class Touched {
 public:
  explicit Touched(const Law& law) : law_(law) {}

  void add(const std::vector<Effect>& effects);

  // Whether the value of an expression that has no calls of defs may be another one afterwards. It speaks of objects
  // that live on: what their fields say of them stays, unless a field is set.
  bool may_change(const Expr& expr) const;

  // Whether objects of the kind may come or go.
  bool populates(std::uint32_t kind) const { return populations_.contains(kind); }

 private:
  void destroy(std::uint32_t kind);

  const Law& law_;
  std::set<std::uint32_t> populations_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> fields_;  // kind and field
};

// Whether a piece may take another piece of its loop away.
bool takes_pieces(const Law& law, const Each& each);

}  // namespace iolaw
