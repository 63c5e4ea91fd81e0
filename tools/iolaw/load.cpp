// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/load.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <utility>

#include "model/law/parse.hpp"

namespace iolaw {

std::optional<Law> load_law(const std::filesystem::path& root) {
  Parsed parsed = parse_law(root);
  const bool colour = isatty(STDERR_FILENO) == 1;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    fmt::print(stderr, "{}", render(diagnostic, parsed.files, colour));
  }
  return std::move(parsed.law);
}

}  // namespace iolaw
