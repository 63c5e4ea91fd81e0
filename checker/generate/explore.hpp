// SPDX-License-Identifier: Apache-2.0
// Guided exploration of the model: a pool of reachable states, breadth first by the length of their histories, in which
// states that differ in shape come before states that differ in numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "checker/generate/budget.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

struct Reached {
  World world;
  Sequence sequence;  // a history that leads there
};

struct ExploreOptions {
  std::uint64_t seed = 1;
  std::uint32_t depth = 7;       // longest history kept
  std::uint32_t width = 1200;    // states kept per length
  std::uint32_t per_shape = 40;  // of which at most so many have one shape,
  std::uint32_t per_sort = 2;    // and so many numbers of the same sorts (see shape.hpp)
  // Calls tried per state and rule, for each number among the parameters and one; more where there are few states.
  std::uint32_t draws = 4;
  std::uint32_t draws_per_length = 4000;
  std::vector<std::uint32_t> rules;  // that are called, ascending; empty: all
};

// A call that was tried: in which state, and what it did there. `after` is the world that follows.
using Visitor =
    std::function<void(const Reached& from, const SequenceStep& step, const Played& played, const World& after)>;

// Every state kept, shortest histories first; the first is the initial one. Calls of all rules and probes are visited.
// Stops early when `enough` says so at the end of a length, or when the budget is used up.
std::vector<Reached> explore(const Model& model, const Sampler& sampler, const ExploreOptions& options, Budget& budget,
                             const Visitor& visit, const std::function<bool(std::uint32_t length)>& enough);

// `call` with one or two of its arguments taken from `other`, a call of the same rule.
Call crossed(const Call& call, const Call& other, std::mt19937_64& random);

}  // namespace iolaw
