// SPDX-License-Identifier: Apache-2.0
// Which failures of a rule apply to a call, each asked by itself and at most once. Mutants that read the failures in
// another order differ in nothing else.
#pragma once

#include <cstdint>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

class CheckTruths {
 public:
  explicit CheckTruths(const Law& law);
  CheckTruths(const CheckTruths&) = delete;
  CheckTruths& operator=(const CheckTruths&) = delete;

  enum class Truth : std::uint8_t { no, yes, without_value, not_asked };

  // From now on: of this call in this state, both of which must stay.
  void begin(const State& state, const Call& call);
  // Of the failure that is item `item` of the rule, with no loop or choice before it.
  Truth of(std::uint32_t item);

 private:
  std::vector<std::vector<std::uint32_t>> rules_;  // by rule and item
  Law checks_;                                     // a rule for each failure of each rule, with the lets before it
  Model model_;
  State state_;
  const Call* call_ = nullptr;
  std::vector<Truth> known_;  // by item
};

}  // namespace iolaw
