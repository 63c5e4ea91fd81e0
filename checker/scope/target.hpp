// SPDX-License-Identifier: Apache-2.0
// What a search looks for, and how the evaluator confirms that it was found. No model of a solver is believed
// unconfirmed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw::scope {

struct Target {
  enum class Tag : std::uint8_t {
    violation,  // of `property`, an invariant or a step
    cover,      // a state that meets `property`, a cover
    misfit,     // a call that would keep a value that does not fit
    outcome,    // `rule` ends in `branch`
  };
  Tag tag = Tag::violation;
  const Property* property = nullptr;
  std::uint32_t rule = 0;
  std::uint32_t branch = kSuccess;
};

// A call at a state, as the evaluator confirms it.
struct Evidence {
  State before;
  Call call;
  Outcome outcome;
  std::uint32_t branch = kSuccess;
  State after;
  std::string error;          // misfit: what the evaluator says
  std::vector<Reason> blame;  // violation
};

// Empty if the evaluator does not agree. `observed` supplies what the implementation chose.
std::optional<Evidence> confirm(const Model& model, const Target& target, const State& before, const Call& call,
                                const Outcome& observed);

// The first invariant that a state does not meet; null if it meets all.
const Property* broken_invariant(const Model& model, const State& state);

}  // namespace iolaw::scope
