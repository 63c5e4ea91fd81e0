// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/replays.hpp"

#include <algorithm>

namespace iolaw {

bool replays(const Model& model, const scope::Target& target, const std::vector<Call>& calls) {
  State state(model.law());
  std::optional<std::uint32_t> branch;
  const auto is_refusal = [&](const Call& call) {
    const std::vector<std::uint32_t> refusals = model.refusals(state, call);
    return std::find(refusals.begin(), refusals.end(), target.branch) != refusals.end();
  };
  for (const Call& call : calls) {
    const bool last = &call == &calls.back() && target.tag == scope::Target::Tag::outcome && call.rule == target.rule;
    if (last && target.branch != kSuccess && is_refusal(call)) return true;
    Outcome outcome;
    branch = model.step(state, call, outcome);
    if (!branch) return false;
  }
  if (target.tag == scope::Target::Tag::cover) return model.holds(*target.property, state);
  return branch && calls.back().rule == target.rule && *branch == target.branch;
}

}  // namespace iolaw
