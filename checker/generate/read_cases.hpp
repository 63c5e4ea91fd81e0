// SPDX-License-Identifier: Apache-2.0
// Reads the cases of a suite that was written as lines of JSON (cases.jsonl): a first line about all, then a case a
// line.
//
//   {"case": "ioas.map.overlap", "number": 1, "steps": [
//     {"call": "ioas.alloc", "arguments": {"unknown": false}, "ok": {"ioas": "ioas0"}},
//     {"call": "ioas.map", "arguments": {"ioas": "ioas0", "iova": "0x1000", …}, "fails": ["EEXIST"]}]}
//
// "ioas0" is whatever object the step gave that names it first, "_" an object that nobody names later, null none.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

struct CaseFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A case that was written: what it expects is what the law allows.
struct RecordedCase {
  std::string id;  // "ioas.map.overlap", the second of them "ioas.map.overlap_2"
  Sequence sequence;
};

// Throws CaseFileError, with the line, if this is no such file, or if a case expects what the law does not allow: then
// it is of another law.
std::vector<RecordedCase> read_cases(const Model& model, std::string_view text);

}  // namespace iolaw
