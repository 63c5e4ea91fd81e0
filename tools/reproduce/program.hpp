// SPDX-License-Identifier: Apache-2.0
// A C program that makes the calls of a trace, with nothing but system calls.
#pragma once

#include <string>
#include <vector>

#include "tools/reproduce/recorder.hpp"

namespace iolaw::reproduce {

// One call of the law, and the system calls that the client made for it.
struct Part {
  std::string text;  // "ioas.alloc(unknown = false): ok, ioas = ioas0"
  std::vector<Made> made;
};

struct ProgramText {
  std::string source;  // the name of the trace
  std::string title;   // what the program shows
  // The last call is made again and again, with the first, the second, … allocation failing, until none fails.
  bool failing = false;
};

// What was recorded is what the law says. The program ends with exit code 0 if the calls before the last one end so,
// and the last one does not; with `failing`, if all do. Throws std::runtime_error with a sentence if it cannot be
// written.
std::string write_program(const ProgramText& text, const std::vector<Part>& parts, int device);

}  // namespace iolaw::reproduce
