// SPDX-License-Identifier: Apache-2.0
// What the formulas and rules of a law read, and what its rules write: which calls can matter to what.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::search {

// A field of a kind; kLife: which of its objects live.
using Place = std::pair<std::uint32_t, std::uint32_t>;
inline constexpr std::uint32_t kLife = ~0U;
using Places = std::set<Place>;

class Influence {
 public:
  explicit Influence(const Law& law);

  void read(const Expr& expr, Places& places) const;
  // All that the rule reads: its conditions, its loops, its effects.
  Places reads_of(const Rule& rule) const;
  // All that the rule may change, with what dies along with what it ends.
  const Places& writes_of(std::uint32_t rule) const { return written_[rule]; }

  bool writes_any(std::uint32_t rule, const Places& places) const;
  // The rules that may change what is in `places`, or what those read that may, and so on; ascending.
  std::vector<std::uint32_t> cone(const Places& places, const std::vector<std::uint32_t>& also) const;

 private:
  void end(std::uint32_t kind, Places& places) const;
  void let_go(std::uint32_t kind, std::uint32_t field, Places& places) const;
  void write(const std::vector<Effect>& effects, Places& places) const;
  void read(const std::vector<Effect>& effects, Places& places) const;

  const Law& law_;
  std::vector<Places> written_;  // per rule
};

}  // namespace iolaw::search
