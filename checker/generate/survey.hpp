// SPDX-License-Identifier: Apache-2.0
// What the pool of a search shows beyond single outcomes: pairs of calls of which the second sees what the first
// changed, and outcomes in different circumstances.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/budget.hpp"
#include "checker/generate/explore.hpp"

namespace iolaw {

struct SurveyOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;             // the answer does not depend on it
  std::uint64_t calls = 1'500'000;  // of the model
  std::uint32_t draws = 8;          // calls of each rule in each state; few states that look alike to a rule
  std::vector<bool> rules;          // that are looked at; empty: all
};

// Keys are words for people:
//   "device.destroy, then ioas.map.ok, which was ioas.map.iova_align before"
//   "ioas.unmap.ok: ioas with devices; Area gone, pages shared"
// The keys that the steps of a sequence show, each once; those of step `only`, if given.
std::vector<std::string> shown_by(const Model& model, const Sequence& sequence, std::optional<std::size_t> only = {});

// For each key that turns up, a shortest sequence found whose last step shows it. `calls` grows by the calls of the
// model.
std::map<std::string, Sequence> survey(const Law& law, const std::vector<Reached>& pool, const SurveyOptions& options,
                                       std::uint64_t& calls);

}  // namespace iolaw
