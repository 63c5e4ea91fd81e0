// SPDX-License-Identifier: Apache-2.0
// What a rule writes, what a formula reads, and so which properties a rule must keep.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::site {

class Footprints {
 public:
  explicit Footprints(const Law& law);

  // Whether a call of the rule may change what the formula says: it writes a field that the formula reads, or makes or
  // ends objects that the formula asks for.
  bool touches(std::uint32_t rule, const Expr& formula) const;

  enum class Deed : std::uint8_t { makes, changes, ends };
  // Rules that make objects of the kind, write a field of one, or end one by name (not with a parent).
  const std::vector<std::uint32_t>& rules(Deed deed, std::uint32_t kind) const;

 private:
  // A field of a kind; kLife: whether its objects live.
  using Place = std::pair<std::uint32_t, std::uint32_t>;
  static constexpr std::uint32_t kLife = ~0U;

  void read(const Expr& expr, std::set<Place>& places) const;
  void ends(std::uint32_t kind, std::set<Place>& places) const;

  const Law& law_;
  std::vector<std::set<Place>> written_;              // per rule
  std::vector<std::vector<std::uint32_t>> deeds_[3];  // per deed and kind
};

// The kind of the objects that an effect is about.
std::uint32_t kind_of(const Effect& effect);

// All effects of a rule: those of its loops, then those of success.
std::vector<const Effect*> effects_of(const Rule& rule);

}  // namespace iolaw::site
