// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/shorten_witness.hpp"

#include "checker/generate/minimize.hpp"
#include "checker/generate/witness.hpp"
#include "checker/prove/replays.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kShortenCalls = 20'000;  // of the model

}  // namespace

std::vector<Call> shorten_witness(const Model& model, const scope::Target& target, const std::vector<Call>& calls) {
  const auto is_way = [&](const std::vector<Call>& way) {
    try {
      return !way.empty() && replays(model, target, way);
    } catch (const EvaluationError&) {
      return false;
    }
  };
  const Sequence named = name_calls(model, calls);
  // Some ways lose their meaning when their objects get names: a call of a dead object, say.
  if (!is_way(calls_of(model, named))) return calls;
  Budget budget(kShortenCalls);
  const Simplicity simplicity(model.law());
  return calls_of(model, minimize(model.law(), simplicity, named, budget,
                                  [&](const Sequence& shorter) { return is_way(calls_of(model, shorter)); }));
}

}  // namespace iolaw
