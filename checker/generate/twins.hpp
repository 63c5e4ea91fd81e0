// SPDX-License-Identifier: Apache-2.0
// Runs with an object beside another that was made in the same way, with all that was done to it: what a call must not
// touch, or must not look at, is then there to be mistaken for what it should.
#pragma once

#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

// For each object that a step gives: the run, and behind it those of its steps again that made this object and named
// it, or named what these gave. Not all of them can be played.
std::vector<Sequence> with_twins(const Law& law, const Sequence& sequence);

}  // namespace iolaw
