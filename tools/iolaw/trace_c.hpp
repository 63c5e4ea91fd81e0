// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tools/iolaw/load_trace.hpp"

namespace iolaw {

struct TraceProgram {
  std::string title;     // empty: the last call and what the law says of it
  bool failing = false;  // the last call is made with failing allocations
};

// Prints the trace, loaded from the file `name`, as a C program; returns the exit code.
int print_trace_as_c(const std::string& name, const LoadedTraces& loaded, const TraceProgram& text);

}  // namespace iolaw
