// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "model/eval/model.hpp"
#include "model/law/parse.hpp"

namespace iolaw {

// The law of this tree, parsed once.
inline const Law& law_here() {
  static const Parsed parsed = parse_law(IOLAW_LAW);
  if (!parsed.law) throw std::runtime_error("the law has errors");
  return *parsed.law;
}

}  // namespace iolaw
