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

  // Rules that take, make, change or end objects of one or two kinds with which `rule` has to do too; that one itself;
  // ascending, no probes. Kinds that a quarter of all rules have to do with make no topic.
  std::vector<std::uint32_t> about(std::uint32_t rule, QuickRandom& random) const;

  // Few rules for a scene: `rule`, one or two more that have to do with an object of the same kind, and for each kind
  // that they need one that makes objects of it. `needs` tells whether a parameter of a rule must name something.
  std::vector<std::uint32_t> scene(std::uint32_t rule,
                                   const std::function<bool(std::uint32_t rule, std::size_t parameter)>& needs,
                                   QuickRandom& random) const;

 private:
  const Law& law_;
  std::vector<std::vector<std::uint32_t>> makers_;  // per kind: rules that return a new object of it
  std::vector<std::vector<bool>> kinds_;            // per rule
  std::vector<std::vector<std::uint32_t>> own_;     // per rule: those of them that make topics
};

}  // namespace iolaw
