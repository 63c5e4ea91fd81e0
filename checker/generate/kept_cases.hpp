// SPDX-License-Identifier: Apache-2.0
// The cases of a suite that was written (cases.jsonl), as a beginning for the next one: their calls alone, whatever
// they expected. Unlike read_cases() it reads those of a law that has changed since.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

struct KeptCase {
  std::string id;  // the outcome that its subject had: "ioas.map.overlap"
  std::string reason;
  std::size_t subject = 0;
  Sequence sequence;  // without what only looks, and without the end
};

struct KeptSuite {
  std::vector<KeptCase> cases;
  std::vector<std::string> foreign;             // IDs of cases for which this law has no words
  std::map<std::string, std::string> searched;  // by rule; see search_record.hpp
};

// Throws CaseFileError, with the line, if this is no such file.
KeptSuite read_kept(const Law& law, std::string_view text);

}  // namespace iolaw
