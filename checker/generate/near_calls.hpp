// SPDX-License-Identifier: Apache-2.0
// Arguments beside those of a call: what a state and a rule make worth trying.
#pragma once

#include <vector>

#include "model/eval/model.hpp"
#include "model/eval/parameter_use.hpp"

namespace iolaw {

class NearCalls {
 public:
  NearCalls(const Law& law, std::uint32_t rule);

  // For each parameter: truth values, enums and flags; objects that live, and none; numbers at the ends of the state's
  // intervals, in its fields, in the rule's conditions, next to all of these, and lengths that reach there from the
  // address of `call`.
  std::vector<std::vector<Word>> around(const State& state, const Call& call) const;

 private:
  void name_numbers(const Expr& expr);
  std::vector<Word> numbers_of(const State& state) const;

  const Law& law_;
  const Rule& rule_;
  std::vector<eval::ParameterUse> uses_;
  std::vector<Word> named_;  // in conditions of the rule
  std::vector<Word> units_;
};

}  // namespace iolaw
