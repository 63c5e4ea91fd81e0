// SPDX-License-Identifier: Apache-2.0
// Short histories to begin runs with, found by the model alone.
#pragma once

#include <vector>

#include "model/eval/model.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

struct Start {
  Sequence history;  // calls that succeed
  Sequence calls;  // to be tried then, in this order: all but the last fail. Steps are counted from the history's first
};

// Each history has something that none before it has: a rule in new surroundings, or after another call for the first
// time. The calls of all of them together take every outcome that was found, each in several circumstances. The same
// for the same law, whatever the seed of a campaign; about a second for a large law.
// `known`: calls from the initial state that are known to lead somewhere (the witnesses that are kept beside a law).
// Each of them is a history, too, as far as the law allows it.
std::vector<Start> find_starts(const Model& model, const std::vector<std::vector<Call>>& known = {});

}  // namespace iolaw
