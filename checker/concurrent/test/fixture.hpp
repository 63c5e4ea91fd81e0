// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "checker/concurrent/judge.hpp"
#include "checker/differ/test/fixture.hpp"

namespace iolaw::concurrent {

// Builds histories by hand.
class Histories {
 public:
  Histories() : model(law_here()) {}

  static std::uint32_t rule(const std::string& name) {
    const Rule* found = law_here().find_rule(name);
    if (found == nullptr) throw std::runtime_error("no rule " + name);
    return static_cast<std::uint32_t>(found - law_here().rules.data());
  }

  static RecordedCall call(std::uint32_t thread, std::uint64_t invoked, std::uint64_t returned, const std::string& name,
                           std::vector<std::uint64_t> arguments, int error,
                           std::vector<std::optional<std::uint64_t>> results = {}) {
    return {thread, rule(name), std::move(arguments), invoked, returned, error, std::move(results), false};
  }

  Judgement::Verdict verdict(const std::vector<RecordedCall>& calls) const { return judge(model, {calls, ""}).verdict; }

  const Model model;
};

}  // namespace iolaw::concurrent
