// SPDX-License-Identifier: Apache-2.0
// What a case looks at when it is over: the law's probes, where they have something to tell about the state.
#pragma once

#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

struct ObserveOptions {
  std::size_t per_answer = 2;   // calls with the same objects and the same answer
  std::size_t per_objects = 6;  // calls with the same objects
  std::size_t total = 16;
};

// Calls of probes that are specified in `world`: for all objects that can be named, at the ends of the state's
// intervals, just outside them, at page steps inside, and at the beginning of the law's constant ranges. Few calls with
// one answer.
std::vector<SequenceStep> observations(const Model& model, const World& world, const ObserveOptions& options = {});

}  // namespace iolaw
