// SPDX-License-Identifier: Apache-2.0
#include "checker/search/goal.hpp"

#include <algorithm>

namespace iolaw::search {

using scope::Target;

Places reads_of(const Influence& influence, const std::vector<Target>& targets) {
  Places places;
  for (const Target& target : targets) {
    if (target.property != nullptr) influence.read(*target.property->formula, places);
  }
  return places;
}

std::vector<Goal> goals_of(const Law& law, const Influence& influence, const std::vector<Target>& targets,
                           const Rule* through) {
  std::vector<Goal> goals;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Target& target = targets[t];
    Places read;
    if (target.property != nullptr) influence.read(*target.property->formula, read);
    for (std::uint32_t r = 0; r < law.rules.size(); ++r) {
      const Rule& rule = law.rules[r];
      if (rule.probe || (through != nullptr && through != &rule)) continue;
      Goal goal{r, t, {}};
      switch (target.tag) {
        case Target::Tag::outcome:
          if (r != target.rule) continue;
          goal.needs = needed(law, rule, target.branch);
          break;
        case Target::Tag::misfit:
          // What fails to fit may be met anywhere in the rule.
          break;
        case Target::Tag::violation:
        case Target::Tag::cover: {
          const Property& property = *target.property;
          const bool step = property.tag == Property::Tag::step;
          const bool listed = std::find(property.on.begin(), property.on.end(), r) != property.on.end();
          if (property.on.empty() ? !influence.writes_any(r, read) : !listed) continue;
          goal.needs = needed(law, *property.formula, target.tag == Target::Tag::cover);
          if (!step) goal.needs.subtract(made_by(rule));
          goal.needs.both(needed(law, rule, kSuccess));
          break;
        }
      }
      goals.push_back(goal);
    }
  }
  return goals;
}

}  // namespace iolaw::search
