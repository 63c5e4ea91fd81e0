// SPDX-License-Identifier: Apache-2.0
// What rules say, as numbers: equal for rules that say the same, however they are laid out or commented.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// Mixes what it is given; the order counts. 64 bits: what it tells apart is a law before and after an edit.
class RuleDigest {
 public:
  void add(std::uint64_t number);
  void add(std::string_view text);
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x6a09e667f3bcc908;
};

// For each rule: of the rule itself, and of everything in the law that rules read (objects, counts, defs, constants,
// the profile and the version).
std::vector<std::uint64_t> rule_digests(const Law& law);

}  // namespace iolaw
