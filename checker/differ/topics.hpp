// SPDX-License-Identifier: Apache-2.0
// Which rules have to do with each other, so that the calls of a run meet.
#pragma once

#include <functional>
#include <vector>
#include "model/eval/quick_random.hpp"

#include "model/law/law.hpp"

namespace iolaw {

class Topics {
 public:
  explicit Topics(const Law& law);

  // Rules that take, make, change or end objects of one or two kinds that `rule` speaks of; that one itself; ascending,
  // no probes. Kinds that a quarter of all rules have to do with make no topic.
  std::vector<std::uint32_t> about(std::uint32_t rule, QuickRandom& random) const;

  // Few rules for a scene: `rule`, some that have to do with objects of the same kind, and for each kind that they need
  // one that makes objects of it; and so for most kinds that `rule` speaks of. `needs` tells whether a parameter of a
  // rule must name something.
  std::vector<std::uint32_t> scene(std::uint32_t rule,
                                   const std::function<bool(std::uint32_t rule, std::size_t parameter)>& needs,
                                   QuickRandom& random) const;

 private:
  const Law& law_;
  std::vector<std::vector<std::uint32_t>> makers_;  // per kind: rules that return a new object of it
  std::vector<std::vector<bool>> kinds_;            // per rule: of its parameters and effects
  std::vector<std::vector<std::uint32_t>> spoken_;  // per rule: those, and what it reads
  std::vector<std::vector<std::uint32_t>> own_;     // per rule: those of them that make topics
};

}  // namespace iolaw
