// SPDX-License-Identifier: Apache-2.0
// What must live for something to be so, and so how many calls it takes at least.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw::search {

// Objects of each kind, none, one, or two and more.
class Counts {
 public:
  static constexpr std::size_t kMostKinds = 64;  // of others nothing is said

  std::uint32_t of(std::uint32_t kind) const { return kind < kMostKinds ? counts_[kind] : 0; }
  void at_least(std::uint32_t kind, std::uint32_t count);
  void add(const Counts& other);
  void subtract(const Counts& other);
  void only(const Counts& kinds);    // none of other kinds
  void either(const Counts& other);  // what both say
  void both(const Counts& other);    // what one of them says
  bool within(const Counts& other) const;
  std::size_t hash() const;
  friend bool operator==(const Counts&, const Counts&) = default;

 private:
  std::array<std::uint8_t, kMostKinds> counts_{};
};

// What must live where `formula` is true, or false. Never more than that.
Counts needed(const Law& law, const Expr& formula, bool truth);
// What must live for a call of the rule to get past all conditions that come before `branch`, and to take that one.
Counts needed(const Law& law, const Rule& rule, std::uint32_t branch);
// What a call of the rule makes, at most.
Counts made_by(const Rule& rule);

// The least number of calls by which a goal can be reached, when nothing that lives is ever in the way.
class Distance {
 public:
  // `goals`: what must live before the last call, for each way to end.
  Distance(const Law& law, std::vector<std::uint32_t> rules, std::vector<Counts> goals, std::uint32_t longest);

  static constexpr std::uint32_t kNever = ~0U;  // or more than `longest`

  struct Ways {
    std::uint32_t shortest = kNever;
    std::vector<std::uint32_t> by_rule;  // parallel to `rules`: with a call of that rule first; kNever where it fails
  };
  // The reference holds until the next call.
  const Ways& from(const State& state);

 private:
  struct Step {
    Counts needs;
    Counts makes;
  };
  struct Hash {
    std::size_t operator()(const Counts& counts) const { return counts.hash(); }
  };
  std::uint32_t search(const Counts& start);

  const Law& law_;
  std::vector<Counts> needs_;  // per rule
  std::vector<Counts> makes_;  // likewise, of what matters
  std::vector<Step> steps_;    // that make something that matters
  std::vector<Counts> goals_;
  std::uint32_t longest_;
  Counts relevant_;
  Counts read_;  // kinds that the needs of a rule speak of
  std::unordered_map<Counts, std::uint32_t, Hash> lengths_;
  std::unordered_map<Counts, Ways, Hash> ways_;
};

}  // namespace iolaw::search
