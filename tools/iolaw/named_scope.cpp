// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/named_scope.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "model/diagnostics/codes.hpp"

namespace iolaw {

std::string named_scope(const Law& law, const std::string& given) {
  if (given.find('=') != std::string::npos) return given;
  std::vector<std::string_view> known;
  for (const NamedScope& scope : law.scopes) {
    if (scope.name == given) return scope.text;
    known.push_back(scope.name);
  }
  std::string hint = "; write its text, such as Ioas=2,address=0..3";
  if (!known.empty()) hint = fmt::format("; it has {}", fmt::join(known, ", "));
  if (const std::string nearest = closest(given, known); !nearest.empty()) {
    hint = fmt::format("; did you mean {}?", nearest);
  }
  fmt::print(stderr, "iolaw: {} declares no scope {}{}\n", law.files.front().path, given, hint);
  return {};
}

}  // namespace iolaw
