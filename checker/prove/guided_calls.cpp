// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/guided_calls.hpp"

#include <algorithm>

#include "model/law/units.hpp"

namespace iolaw {
namespace {

// Calls of a rule in one state: for each parameter that is no object, and besides.
constexpr std::uint32_t kDraws = 3;

}  // namespace

GuidedCalls::GuidedCalls(const Law& law, std::mt19937_64& random)
    : law_(law), random_(random), sampler_(law), numbers_(law.rules.size()) {
  for (const Word unit : units_of(law)) units_.push_back(unit);
  // The ends of the law's ranges and of the address space, its units and numbers, and what lies a unit beside them.
  std::vector<Word> ends{0};
  for (const Constant& constant : law_.constants) {
    if (constant.type.is_integer()) ends.push_back(constant.value);
    if (constant.type.tag == TypeTag::interval) ends.insert(ends.end(), {constant.value, constant.last + 1});
  }
  for (const Word end : ends) {
    special_.push_back(end);
    for (const Word unit : units_) special_.insert(special_.end(), {end - unit, end + unit});
  }
  std::sort(special_.begin(), special_.end());
  special_.erase(std::unique(special_.begin(), special_.end()), special_.end());
}

std::uint32_t GuidedCalls::draws_of(const Rule& rule) {
  if (rule.parameters.empty()) return 1;
  const auto scalars = std::count_if(rule.parameters.begin(), rule.parameters.end(), [](const Parameter& parameter) {
    return parameter.type.tag != TypeTag::reference;
  });
  return kDraws * static_cast<std::uint32_t>(1 + scalars);
}

Call GuidedCalls::draw(const State& state, std::uint32_t rule_index) {
  const Rule& rule = law_.rules[rule_index];
  Call call = sampler_.call(state, rule_index, random_);
  const std::uint64_t chance = random_() % 8;
  if (chance > 1 || call.arguments.empty()) return call;
  if (chance == 1 && !numbers_[rule_index].empty()) {
    const Call& other = numbers_[rule_index][random_() % numbers_[rule_index].size()];
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      if (rule.parameters[i].type.tag != TypeTag::reference) call.arguments[i] = other.arguments[i];
    }
  }
  if (chance == 0) change_numbers(call, 6);
  return call;
}

void GuidedCalls::change_numbers(Call& call, std::uint64_t odds) {
  const Rule& rule = law_.rules[call.rule];
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (rule.parameters[i].type.tag != TypeTag::u64) continue;
    const Word unit = units_[random_() % units_.size()];
    switch (random_() % (2 * odds)) {
      case 0:
        call.arguments[i] = special_[random_() % special_.size()];
        break;
      case 1:
        call.arguments[i] = -unit;
        break;
      case 2:
        call.arguments[i] = unit;
        break;
      case 3:
        call.arguments[i] += random_() % 2 == 0 ? unit : -unit;
        break;
      default:
        break;
    }
  }
}

Call GuidedCalls::crossed(Call call, const Call& other) {
  for (std::uint64_t changes = 1 + random_() % 2; changes > 0 && !call.arguments.empty(); --changes) {
    const std::size_t index = random_() % call.arguments.size();
    call.arguments[index] = other.arguments[index];
  }
  return call;
}

}  // namespace iolaw
