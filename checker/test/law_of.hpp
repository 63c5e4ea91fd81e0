// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "model/diagnostics/diagnostic.hpp"
#include "model/law/parse.hpp"

namespace iolaw {

// A law that is written in a test, by a profile of it or the first one. Throws what the front end says of a wrong one.
inline Law law_of(const std::string& text, const std::string& profile = {}) {
  Parsed parsed = parse_law_texts({{"toy.law", text}}, {profile, {}});
  std::string messages;
  for (const Diagnostic& diagnostic : parsed.diagnostics) messages += render(diagnostic, parsed.files, false);
  if (!parsed.law) throw std::runtime_error(messages);
  return std::move(*parsed.law);
}

}  // namespace iolaw
