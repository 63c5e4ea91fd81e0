// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/join.hpp"

#include <map>

namespace iolaw {

Sequence joined(const Sequence& first, const Sequence& second) {
  Sequence both = first;
  both.insert(both.end(), second.begin(), second.end());
  make_room(both, first.size(), 0, first.size());
  return both;
}

Sequence joined(const Law& law, const Sequence& first, const Sequence& second, const StandsFor& stands_for) {
  Sequence result = first;
  std::map<std::pair<std::int32_t, std::uint32_t>, Argument> renamed;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(second.size()); ++i) {
    SequenceStep step = second[static_cast<std::size_t>(i)];
    const std::vector<Result>& results = law.rules[step.rule].results;
    bool is_there = false;
    for (std::uint32_t r = 0; r < results.size(); ++r) {
      if (results[r].type.tag != TypeTag::reference) continue;
      const std::optional<Argument> same = stands_for(results[r].type.id);
      renamed[{i, r}] = same ? *same : Argument{kNone, static_cast<std::int32_t>(result.size()), r};
      is_there |= same.has_value();
    }
    if (is_there) continue;
    for (Argument& argument : step.arguments) {
      if (argument.step == Argument::kNoStep) continue;
      const auto found = renamed.find({argument.step, argument.result});
      argument = found == renamed.end() ? Argument{kNone, Argument::kNoStep, 0} : found->second;
    }
    result.push_back(std::move(step));
  }
  return result;
}

void make_room(Sequence& steps, std::size_t begin, std::size_t at, std::size_t more) {
  for (std::size_t i = begin; i < steps.size(); ++i) {
    for (Argument& argument : steps[i].arguments) {
      if (argument.step == Argument::kNoStep || static_cast<std::size_t>(argument.step) < at) continue;
      argument.step += static_cast<std::int32_t>(more);
    }
  }
}

}  // namespace iolaw
