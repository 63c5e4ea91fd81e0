// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/twins.hpp"

#include <algorithm>
#include <map>

namespace iolaw {
namespace {

bool gives_object(const Law& law, const SequenceStep& step) {
  const std::vector<Result>& results = law.rules[step.rule].results;
  return std::any_of(results.begin(), results.end(),
                     [](const Result& result) { return result.type.tag == TypeTag::reference; });
}

}  // namespace

std::vector<Sequence> with_twins(const Law& law, const Sequence& sequence) {
  std::vector<Sequence> all;
  for (std::size_t first = 0; first < sequence.size(); ++first) {
    if (!gives_object(law, sequence[first])) continue;
    Sequence twins = sequence;
    std::map<std::int32_t, std::int32_t> again;  // a step, and the same once more
    for (std::size_t i = first; i < sequence.size(); ++i) {
      SequenceStep step = sequence[i];
      bool concerned = i == first;
      for (Argument& argument : step.arguments) {
        const auto found = argument.step == Argument::kNoStep ? again.end() : again.find(argument.step);
        if (found == again.end()) continue;
        argument.step = found->second;
        concerned = true;
      }
      if (!concerned) continue;
      again[static_cast<std::int32_t>(i)] = static_cast<std::int32_t>(twins.size());
      twins.push_back(std::move(step));
    }
    all.push_back(std::move(twins));
  }
  return all;
}

}  // namespace iolaw
