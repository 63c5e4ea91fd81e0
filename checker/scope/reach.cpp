// SPDX-License-Identifier: Apache-2.0
#include "checker/scope/reach.hpp"

#include <algorithm>

namespace iolaw::scope {

Term reaches(Translator& translator, const Target& target, const View& before, const Execution& execution,
             const View& after) {
  Terms& terms = translator.terms();
  const Law& law = translator.law();
  std::vector<Term> parts{terms.negate(execution.unspecified), execution.room};
  const bool right_rule = &law.rules[target.rule] == execution.rule;
  if (target.tag == Target::Tag::misfit) {
    parts.push_back(execution.misfit);
    return terms.conjunction(std::move(parts));
  }
  parts.push_back(terms.negate(execution.misfit));
  if (target.tag == Target::Tag::outcome) {
    if (!right_rule) return terms.truth(false);
    parts.push_back(target.branch == kSuccess ? execution.success : execution.taken.at(target.branch));
    return terms.conjunction(std::move(parts));
  }
  const Property& property = *target.property;
  const bool step = property.tag == Property::Tag::step;
  if (step && !property.on.empty()) {
    const auto index = static_cast<std::uint32_t>(execution.rule - law.rules.data());
    if (std::find(property.on.begin(), property.on.end(), index) == property.on.end()) return terms.truth(false);
    parts.push_back(execution.success);
  } else {
    parts.push_back(execution.progress);
  }
  const bool with_arguments = step && property.on.size() == 1;
  const Term formula =
      step ? translator.formula(property, before, &after, with_arguments ? execution.arguments : std::vector<Value>{})
           : translator.formula(property, after, nullptr);
  parts.push_back(target.tag == Target::Tag::cover ? formula : terms.negate(formula));
  return terms.conjunction(std::move(parts));
}

}  // namespace iolaw::scope
