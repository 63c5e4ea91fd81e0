// SPDX-License-Identifier: Apache-2.0
// Numbers that recent calls were about, to be used again: what one call mapped at an address, another should unmap
// there.
#pragma once

#include <vector>
#include "model/eval/quick_random.hpp"

#include "model/eval/model.hpp"

namespace iolaw {

class Recents {
 public:
  explicit Recents(const Law& law);

  void clear();
  // Remembers the numbers of a call that did something.
  void remember(const Call& call);
  // Half of the calls get some of their numbers from earlier ones, by the last word of the parameter's name: what is a
  // `dst_iova` here was an `iova` there.
  void reuse(Call& call, QuickRandom& random) const;

 private:
  static constexpr std::uint32_t kNoTopic = ~0U;

  std::vector<std::vector<std::uint32_t>> topics_;  // per rule and parameter
  std::vector<std::vector<Word>> words_;            // per topic
};

}  // namespace iolaw
