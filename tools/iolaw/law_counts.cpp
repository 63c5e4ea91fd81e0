// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/law_counts.hpp"

#include <algorithm>

namespace iolaw {

LawCounts count_law(const Law& law) {
  LawCounts counts;
  counts.modules = law.modules;
  counts.objects = law.kinds.size();
  counts.rules = law.rules.size();
  counts.profiles = law.profiles.size();
  counts.givens = static_cast<std::size_t>(
      std::count_if(law.defs.begin(), law.defs.end(), [](const Def& def) { return def.given; }));
  counts.axioms = law.axioms.size();
  counts.scopes = law.scopes.size();
  for (const Rule& rule : law.rules) {
    const auto failures = std::count_if(rule.branches.begin(), rule.branches.end(),
                                        [](const Branch& branch) { return !branch.unspecified; });
    counts.outcomes += 1 + static_cast<std::size_t>(failures);
    counts.probes += rule.probe ? 1 : 0;
    counts.citations += rule.citations.size();
  }
  for (const Property& property : law.properties) {
    if (property.generated) {
      ++counts.generated;
    } else if (property.tag == Property::Tag::invariant) {
      ++counts.invariants;
    } else if (property.tag == Property::Tag::step) {
      ++counts.steps;
    } else {
      ++counts.covers;
    }
  }
  return counts;
}

}  // namespace iolaw
