// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "generated_tests/tap_runner/cases.hpp"
#include "model/port/port.hpp"

namespace iolaw::tap {

struct Verdict {
  enum class Tag : unsigned char { passed, failed, skipped };
  Tag tag = Tag::passed;
  std::string why;                 // of a skip: the call that the port cannot make, and the port's reason
  std::vector<std::string> notes;  // of a failure: every step with its answer, then what was expected of the last
};

// Resets the port and plays the case up to the first answer that the law does not allow.
Verdict play(Port& port, const Case& one);

}  // namespace iolaw::tap
