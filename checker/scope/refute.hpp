// SPDX-License-Identifier: Apache-2.0
// Counterexamples to induction: a small state that meets every invariant, and a call after which a property fails.
#pragma once

#include "checker/scope/shrink.hpp"
#include "checker/scope/target.hpp"

namespace iolaw::scope {

struct Refutation {
  enum class Tag : std::uint8_t {
    found,
    none,      // none in any scope that was tried
    unknown,   // no answer in time
    rejected,  // the solver's model is none to the evaluator: an internal error
  };
  Tag tag = Tag::unknown;
  std::optional<Evidence> evidence;
  std::uint32_t scope = 0;  // objects of each kind in the scope of the answer
  std::string note;         // rejected: how
};

struct RefuteOptions {
  std::uint32_t largest_scope = 3;
  std::chrono::milliseconds time{8000};
  std::chrono::milliseconds shrink_time{1500};
};

Refutation refute(const Model& model, const Rule& rule, const Target& target, const RefuteOptions& options = {});

}  // namespace iolaw::scope
