// SPDX-License-Identifier: Apache-2.0
// What the calls of a rule depend on. In a large law most rules have nothing to do with most others.
#pragma once

#include <cstdint>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

class Relevance {
 public:
  explicit Relevance(const Law& law);

  // By kind: whether the rule names, counts, makes or destroys objects of it, or they refer to such.
  const std::vector<bool>& kinds_of(std::uint32_t rule) const { return kinds_[rule]; }

  // Whether it is one of these kinds.
  bool concerns(std::uint32_t rule, const std::vector<std::uint32_t>& kinds) const;

  // The rules that change what `rule` reads, those that make objects that these take, and so on; itself too; ascending.
  std::vector<std::uint32_t> helpful_to(std::uint32_t rule) const;

 private:
  const Law& law_;
  std::vector<std::vector<bool>> kinds_;    // read or changed
  std::vector<std::vector<bool>> changed_;  // made, destroyed or updated
  std::vector<std::vector<bool>> made_;
};

}  // namespace iolaw
