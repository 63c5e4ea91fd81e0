// SPDX-License-Identifier: Apache-2.0
// Which rules can change whether a formula holds.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

class Writers {
 public:
  explicit Writers(const Law& law);

  // The rules of the law that write a field which the formula reads, or make or end objects that it asks for.
  std::vector<std::uint32_t> rules_for(const Expr& formula) const;

 private:
  // A field of a kind; kLife: whether its objects live.
  using Place = std::pair<std::uint32_t, std::uint32_t>;
  static constexpr std::uint32_t kLife = ~0U;

  void read(const Expr& expr, std::set<Place>& places) const;

  const Law& law_;
  std::vector<std::set<Place>> written_;  // per rule
};

}  // namespace iolaw
