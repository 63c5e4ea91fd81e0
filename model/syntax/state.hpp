// SPDX-License-Identifier: Apache-2.0
// What a parse carries along: the text, where to report, and how deep it is.
#pragma once

#include <string_view>
#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/diagnostic.hpp"

namespace iolaw::syntax {

// How deep expressions and blocks may nest, and how many operators a chain may have. Bounds every recursion over a
// tree.
inline constexpr unsigned kMaxDepth = 200;

struct ParseState {
  std::uint32_t file = 0;
  std::string_view text;
  std::vector<Diagnostic>& diagnostics;
  unsigned depth = 0;

  Span span(const char* begin, const char* end) const {
    return {file, static_cast<std::uint32_t>(begin - text.data()), static_cast<std::uint32_t>(end - text.data())};
  }
};

// Thrown where the text nests deeper than kMaxDepth; ends the parse of the file.
struct TooDeep {
  const char* where;
};

// Counts a level for as long as it exists.
class Level {
 public:
  Level(ParseState& state, const char* where) : state_(state) {
    if (state.depth >= kMaxDepth) throw TooDeep{where};
    ++state_.depth;
  }
  ~Level() { --state_.depth; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  ParseState& state_;
};

}  // namespace iolaw::syntax
