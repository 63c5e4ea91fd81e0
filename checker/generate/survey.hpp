// SPDX-License-Identifier: Apache-2.0
// What the pool of a search shows beyond single outcomes: pairs of calls of which the second sees what the first
// changed, and outcomes in different circumstances.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/explore.hpp"

namespace iolaw {

enum class SurveyScope : std::uint8_t {
  call,    // pairs, and what is counted at the objects of a call
  around,  // also what is near them; few states that look alike to a rule
};

// Keys are words for people:
//   "device.destroy, then ioas.map.ok, which was ioas.map.iova_align before"
//   "ioas.unmap.ok: ioas with devices; Area gone, pages shared"
// The keys that the steps of a sequence show, each once; those of step `only`, if given.
std::vector<std::string> shown_by(const Model& model, const Sequence& sequence, SurveyScope scope,
                                  std::optional<std::size_t> only = {});

// For each key that turns up, a shortest sequence found whose last step shows it.
std::map<std::string, Sequence> survey(const Model& model, const Sampler& sampler, const std::vector<Reached>& pool,
                                       std::uint32_t draws, std::uint64_t seed, Budget& budget, SurveyScope scope);

}  // namespace iolaw
