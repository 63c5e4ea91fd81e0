// SPDX-License-Identifier: Apache-2.0
// emit_model LAW OUT NAME OBJECTS [PROFILE]: what the build runs to compile a law into a program; users have `iolaw
// emit`.
#include <fmt/core.h>

#include <cstdlib>
#include <fstream>

#include "model/diagnostics/diagnostic.hpp"
#include "model/emit/emit.hpp"
#include "model/law/parse.hpp"

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) {
    fmt::print(stderr, "usage: emit_model LAW OUT NAME OBJECTS [PROFILE]\n");
    return 64;
  }
  try {
    const iolaw::Parsed parsed = iolaw::parse_law(argv[1], {argc == 6 ? argv[5] : "", {}});
    for (const iolaw::Diagnostic& diagnostic : parsed.diagnostics) {
      fmt::print(stderr, "{}", iolaw::render(diagnostic, parsed.files, false));
    }
    if (parsed.diagnostics.empty() && !parsed.law) fmt::print(stderr, "emit_model: there is no profile {}\n", argv[5]);
    if (!parsed.law) return 65;
    const iolaw::Law& law = *parsed.law;
    const auto scope = iolaw::emit::whole_scope(law, static_cast<std::uint32_t>(std::atoi(argv[4])));
    std::ofstream(argv[2]) << iolaw::emit::emit_model(law, scope, argv[3]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "emit_model: {}\n", error.what());
    return 70;
  }
}
