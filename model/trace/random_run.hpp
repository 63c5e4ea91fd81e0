// SPDX-License-Identifier: Apache-2.0
// A random run of the model, with every property of the law checked after every step.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/trace/trace.hpp"

namespace iolaw {

// A property that does not hold, or an expression of the law that has no value.
struct Violation {
  std::optional<std::uint32_t> property;  // index into Law::properties; none for an expression without a value
  std::vector<Reason> reasons;
};

struct RunOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 100;
  bool keep_trace = true;  // else only the calls of a violation are kept
  // Told after each step; may print it.
  std::function<void(const TraceStep& step, const State& before, const State& after)> watch;
};

struct RunReport {
  Trace trace;
  std::uint64_t steps = 0;
  std::uint64_t unspecified = 0;                     // calls that were drawn but not made: the law is silent about them
  std::vector<std::vector<std::uint64_t>> branches;  // per rule: how often each branch was taken; success last
  std::vector<bool> covered;                         // per property: a cover that was reached
  std::optional<Violation> violation;
  double seconds = 0;
};

RunReport run_randomly(const Model& model, const RunOptions& options);

// Makes the calls one after the other from the initial state, checking as a random run does. The violation, if one
// occurs; then `trace` ends with the call that made it. Calls that are unspecified by now are left out.
std::optional<Violation> run_calls(const Model& model, const std::vector<Call>& calls, Trace& trace);

// A shorter list of calls that violates the same property: as it is where a call names an object that no call returned.
// Deterministic; at most `budget` calls are made.
std::vector<Call> shrink_calls(const Model& model, const std::vector<Call>& calls, const Violation& violation,
                               std::uint64_t budget = 2'000'000);

}  // namespace iolaw
