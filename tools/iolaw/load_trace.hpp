// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/law/law.hpp"
#include "model/trace/compare.hpp"

namespace iolaw {

// Saved traces of one law, for a command.
struct LoadedTraces {
  Law law;
  std::vector<ShownTrace> traces;
  int error = 0;  // the exit code if they could not be read; why is on stderr then
};

// Reads the law `law_file`, or if that is empty the one that the traces name, and the traces. What `view` leaves open
// is as the first trace says. Throws what load_law() does.
LoadedTraces load_traces(const std::vector<std::string>& files, const std::string& law_file, LawView view);

}  // namespace iolaw
