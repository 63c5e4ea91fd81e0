// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/unknown_name.hpp"

#include <fmt/core.h>

#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/show/show.hpp"
#include "tools/iolaw/commands.hpp"

namespace iolaw {

int unknown_name(const Law& law, const std::string& name) {
  const std::vector<std::string> known = show::names(law);
  const std::string nearest = closest(name, {known.begin(), known.end()});
  fmt::print(stderr, "iolaw: {} names nothing in {}{}\n", name, law.files.empty() ? "the law" : law.files.front().path,
             nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest));
  return kUsage;
}

}  // namespace iolaw
