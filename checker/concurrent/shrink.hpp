// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

#include "checker/concurrent/campaign.hpp"
#include "model/eval/quick_random.hpp"

namespace iolaw::concurrent {

// Looks for fewer calls that still end in a history which no order explains: such a scenario seldom fails at every run,
// so each is run many times. What is kept is always a history that was recorded and judged.
void shrink(const Model& model, Arena& arena, Found& found, double seconds, QuickRandom& random);

// The calls to be made, for people.
std::string to_text(const Law& law, const Scenario& scenario);

}  // namespace iolaw::concurrent
