// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/check_truths.hpp"

namespace iolaw {
namespace {

constexpr std::uint32_t kNoRule = ~0U;

Law split(const Law& law, std::vector<std::vector<std::uint32_t>>& rules) {
  Law checks = law;
  checks.files.clear();
  checks.properties.clear();
  checks.rules.clear();
  for (const Rule& rule : law.rules) {
    std::vector<std::uint32_t>& of_rule = rules.emplace_back(rule.items.size(), kNoRule);
    Rule lets = rule;
    lets.items.clear();
    lets.effects.clear();
    lets.late.clear();
    lets.results.clear();
    for (std::size_t item = 0; item < rule.items.size(); ++item) {
      const Item& one = rule.items[item];
      if (one.tag == Item::Tag::each || one.tag == Item::Tag::choose || one.tag == Item::Tag::may_fail) break;
      if (one.tag == Item::Tag::let) {
        lets.items.push_back(one);
        continue;
      }
      of_rule[item] = static_cast<std::uint32_t>(checks.rules.size());
      Rule& alone = checks.rules.emplace_back(lets);
      alone.items.push_back(one);
    }
  }
  return checks;
}

}  // namespace

CheckTruths::CheckTruths(const Law& law) : checks_(split(law, rules_)), model_(checks_) {}

void CheckTruths::begin(const State& state, const Call& call) {
  state_ = state;
  call_ = &call;
  known_.assign(rules_[call.rule].size(), Truth::not_asked);
}

CheckTruths::Truth CheckTruths::of(std::uint32_t item) {
  Truth& known = known_[item];
  if (known != Truth::not_asked) return known;
  const std::optional<bool> applies = model_.applies(state_, Call{rules_[call_->rule][item], call_->arguments});
  known = !applies ? Truth::without_value : *applies ? Truth::yes : Truth::no;
  return known;
}

}  // namespace iolaw
