// SPDX-License-Identifier: Apache-2.0
#include "model/law/law.hpp"

namespace iolaw {
namespace {

template <typename Named>
const Named* find(const std::vector<Named>& list, std::string_view name) {
  for (const Named& named : list) {
    if (named.name == name) return &named;
  }
  return nullptr;
}

}  // namespace

const Rule* Law::find_rule(std::string_view name) const { return find(rules, name); }

const Property* Law::find_property(std::string_view name) const { return find(properties, name); }

std::string branch_id(const Rule& rule, std::uint32_t branch) {
  return rule.name + "." + (branch == kSuccess ? std::string("ok") : rule.branches.at(branch).tag);
}

std::uint32_t words_of(const Type& type) {
  if (type.tag == TypeTag::interval) return 2;
  return type.maybe && type.tag != TypeTag::reference ? 2 : 1;
}

}  // namespace iolaw
