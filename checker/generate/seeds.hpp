// SPDX-License-Identifier: Apache-2.0
// Runs that show goals which a search for cases misses, kept in a file: `iolaw coverage --solve` writes it, `iolaw
// generate` begins with it. A line of JSON each, without what the law answers:
//
//   {"shows": "ioas.map.wrap: …", "steps": [
//     {"call": "ioas.alloc", "arguments": {"unknown": false}},
//     {"call": "ioas.map", "arguments": {"ioas": "0.ioas", "iova": "0x1000", …}}]}
//
// "0.ioas" is what step 0 gave as its result of that name, null none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/trace/sequence.hpp"

namespace iolaw {

struct Seed {
  std::string shows;  // for people
  Sequence sequence;
};

std::string write_seeds(const Law& law, const std::vector<Seed>& seeds);

// Those that the law has words for; of the others, whose rules or constants are no more, `passed_over` tells how many.
// Throws CaseFileError, with the line, if a line is no seed at all.
std::vector<Seed> read_seeds(const Law& law, std::string_view text, std::size_t& passed_over);

}  // namespace iolaw
