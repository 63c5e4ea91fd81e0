// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/topics.hpp"

#include <algorithm>

#include "checker/generate/relevance.hpp"

namespace iolaw {
namespace {

void add_effects(const std::vector<Effect>& effects, std::vector<bool>& kinds) {
  for (const Effect& effect : effects) kinds[effect.object ? effect.object->type.id : effect.kind] = true;
}

}  // namespace

Topics::Topics(const Law& law)
    : law_(law), makers_(law.kinds.size()), spoken_(law.rules.size()), own_(law.rules.size()) {
  const Relevance relevance(law);
  std::vector<std::size_t> rules_of(law.kinds.size(), 0);
  for (std::uint32_t i = 0; i < law.rules.size(); ++i) {
    const Rule& rule = law.rules[i];
    for (const Effect& effect : rule.effects) {
      if (effect.tag != Effect::Tag::create || rule.probe) continue;
      std::vector<std::uint32_t>& makers = makers_[effect.kind];
      if (std::find(makers.begin(), makers.end(), i) == makers.end()) makers.push_back(i);
    }
    std::vector<bool>& kinds = kinds_.emplace_back(law.kinds.size(), false);
    if (rule.probe) continue;
    for (const Parameter& parameter : rule.parameters) {
      if (parameter.type.tag == TypeTag::reference) kinds[parameter.type.id] = true;
    }
    add_effects(rule.effects, kinds);
    for (const Each& each : rule.eaches) add_effects(each.effects, kinds);
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) rules_of[kind] += kinds[kind] ? 1 : 0;
  }
  for (std::uint32_t rule = 0; rule < kinds_.size(); ++rule) {
    for (std::uint32_t kind = 0; kind < rules_of.size(); ++kind) {
      if (!kinds_[rule][kind] && !relevance.kinds_of(rule)[kind]) continue;
      spoken_[rule].push_back(kind);
      if (4 * rules_of[kind] < kinds_.size()) own_[rule].push_back(kind);
    }
  }
}

std::vector<std::uint32_t> Topics::about(std::uint32_t rule, QuickRandom& random) const {
  std::vector<std::uint32_t> found;
  const std::vector<std::uint32_t>& own = own_[rule];
  if (own.empty()) return {rule};
  const std::uint32_t one = own[random.below(own.size())];
  const std::uint32_t other = own[random.below(own.size())];
  for (std::uint32_t i = 0; i < kinds_.size(); ++i) {
    if (i == rule || kinds_[i][one] || kinds_[i][other]) found.push_back(i);
  }
  return found;
}

std::vector<std::uint32_t> Topics::scene(std::uint32_t rule,
                                         const std::function<bool(std::uint32_t, std::size_t)>& needs,
                                         QuickRandom& random) const {
  const std::vector<std::uint32_t> alike = about(rule, random);
  std::vector<std::uint32_t> found{rule};
  const auto add = [&](std::uint32_t other) {
    if (std::find(found.begin(), found.end(), other) == found.end()) found.push_back(other);
  };
  for (std::uint64_t more = 1 + random() % 4; more > 0; --more) add(alike[random.below(alike.size())]);
  std::vector<bool> made(law_.kinds.size(), false);
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Effect& effect : law_.rules[found[i]].effects) {
      if (effect.tag == Effect::Tag::create) made[effect.kind] = true;
    }
    const std::vector<Parameter>& parameters = law_.rules[found[i]].parameters;
    for (std::size_t which = 0; which < parameters.size(); ++which) {
      const Type& type = parameters[which].type;
      if (type.tag != TypeTag::reference || made[type.id] || makers_[type.id].empty() || !needs(found[i], which))
        continue;
      made[type.id] = true;
      add(makers_[type.id][random() % makers_[type.id].size()]);
    }
    // Objects of a kind that the rule reads, changes or ends, but does not name, come from somewhere too.
    for (const std::uint32_t kind : i == 0 ? spoken_[rule] : std::vector<std::uint32_t>{}) {
      if (made[kind] || makers_[kind].empty() || random.one_in(4)) continue;
      made[kind] = true;
      add(makers_[kind][random.below(makers_[kind].size())]);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace iolaw
