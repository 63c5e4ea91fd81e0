// SPDX-License-Identifier: Apache-2.0
#include "model/emit/scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace iolaw::emit {
Scope whole_scope(const Law& law, std::uint32_t objects) {
  if (objects == 0 || objects > kMostObjects)
    throw ScopeError(fmt::format("1 to {} objects of a kind are possible", kMostObjects));
  Scope scope;
  scope.objects.assign(law.kinds.size(), objects);
  return scope;
}

Scope parse_scope(const Law& law, std::string_view text) {
  ScopeValues values;
  try {
    values = read_scope(law, text);
  } catch (const ScopeMistake& mistake) {
    throw ScopeError(mistake.what());
  }
  Scope scope;
  scope.enumerable = true;
  scope.objects = std::move(values.objects);
  scope.arguments = std::move(values.arguments);
  Word greatest = 1;
  for (std::size_t rule = 0; rule < law.rules.size(); ++rule) {
    for (std::size_t i = 0; i < scope.arguments[rule].size(); ++i) {
      const bool integer = law.rules[rule].parameters[i].type.is_integer();
      if (integer && !scope.arguments[rule][i].empty()) greatest = std::max(greatest, scope.arguments[rule][i].back());
    }
  }
  scope.bits = static_cast<unsigned>(std::bit_width(greatest));
  return scope;
}

std::string to_string(const Law& law, const Scope& scope) {
  std::string text;
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    text += fmt::format("{}{}={}", kind == 0 ? "" : ", ", law.kinds[kind].name, scope.objects[kind]);
  }
  return text;
}

}  // namespace iolaw::emit
