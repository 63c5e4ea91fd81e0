// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "checker/generate/suite.hpp"
#include "model/law/parse.hpp"

namespace iolaw {

// A small law with an interval map, a loop and a probe.
inline const char* const kSmallLaw = R"(
/// The unit of mapping.
const UNIT: pow2 = 4096

object Space {}

object Range {
  in space: Space at span
  writable: bool
}

rule space.open() -> space: Space {
  then space = new Space {}
}

rule space.add(space: Space, start: u64, length: u64, writable: bool) {
  let span = start..start + length - 1
  fails ENOENT    [space]   unless space lives
  fails EINVAL    [length]  when length == 0
  fails EOVERFLOW [wrap]    when overflows(span.last)
  fails EINVAL    [align]   unless aligned(start, UNIT)
  fails EEXIST    [overlap] when some r: Range in space: overlaps(r.span, span)
  then new Range { space, span, writable }
}

rule space.clear(space: Space, start: u64, length: u64) {
  let span = start..start + length - 1
  fails ENOENT    [space]   unless space lives
  fails EINVAL    [length]  when length == 0
  fails EOVERFLOW [wrap]    when overflows(span.last)
  each r: Range in space where overlaps(r.span, span) ascending r.span.first {
    fails EBUSY   [writable] when r.writable
    then destroy r
  }
}

probe space.owned(space: Space, x: u64) -> owned: bool {
  unspecified [space] unless space lives
  result owned = space.at[x] is some
}
)";

inline Law parse_text(const std::string& text) {
  Parsed parsed = parse_law_texts({SourceFile{"small.law", text}});
  if (!parsed.law) {
    throw std::runtime_error(parsed.diagnostics.empty() ? "no law" : parsed.diagnostics.front().message);
  }
  return std::move(*parsed.law);
}

// A search that is quick and finds all that there is in it.
inline GenerateOptions small_options() {
  GenerateOptions options;
  options.explore_calls = 60'000;
  options.vary_calls = 100'000;
  options.hunt_calls = 600'000;
  options.splice_calls = 100'000;
  options.neighbour_calls = 100'000;
  options.hunt_vary_calls = 200'000;
  options.vary_draws = 200;
  return options;
}

}  // namespace iolaw
