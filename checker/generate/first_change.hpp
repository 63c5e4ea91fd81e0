// SPDX-License-Identifier: Apache-2.0
// Where a call of a rule first meets what a mutant changed. Most calls are decided before, or by nothing that changed:
// of these a mutant need not be asked.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/generate/mutate.hpp"

namespace iolaw {

class FirstChange {
 public:
  FirstChange(const Law& law, const Mutant& mutant, std::uint32_t rule);

  enum class Verdict : std::uint8_t {
    same,    // the mutant does what the law does
    checks,  // likewise, unless one of checks() applies in the mutant
    ask,     // the mutant must make the call
  };
  // Of a call that the law ends by `branch`.
  Verdict of(std::uint32_t branch) const;

  // The rule without everything but the changed failures: a call of it succeeds where none of these applies.
  const Rule& checks() const { return checks_; }
  bool has_checks() const { return extent_ == Extent::checks; }

  // Of a mutant that reads its conditions in another order: whether it differs in nothing but that item first() is read
  // after last(), with nothing but failures and lets between.
  bool is_order() const { return order_; }
  // Whether the mutant permits other choices, or where it may.
  bool changes_choice() const { return choice_; }

  std::uint32_t first() const { return first_; }
  std::uint32_t last() const { return last_; }

 private:
  enum class Extent : std::uint8_t {
    one_branch,  // matters only where the law ends by the failure at `first_`
    checks,      // failures before any effect: items first_..last_
    rest,        // anything from item `first_` on
  };

  std::uint32_t position_of(std::uint32_t branch) const;
  bool is_pure(const Rule& rule, std::size_t item) const;
  void compare(const Law& law, const Mutant& mutant, std::uint32_t rule);

  std::vector<std::uint32_t> positions_;  // by branch: the item that decides it
  std::uint32_t items_ = 0;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  Extent extent_ = Extent::rest;
  bool order_ = false;
  bool choice_ = false;
  Rule checks_;
};

}  // namespace iolaw
