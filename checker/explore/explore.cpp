// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/explore.hpp"

#include <algorithm>
#include <chrono>

#include "model/emit/emit.hpp"

namespace iolaw::explore {

Explored explore(const Law& law, emit::Scope scope, const SearchOptions& options) {
  using Clock = std::chrono::steady_clock;
  Explored result;
  // All names of objects are alike, so one of them is enough where states are made canonical anyway.
  if (scope.canonical) scope.any_index = false;
  for (;;) {
    const Clock::time_point start = Clock::now();
    const Loaded loaded = load_model(emit::emit_model(law, scope, "scope"));
    result.compile_seconds += std::chrono::duration<double>(Clock::now() - start).count();
    result.cached = loaded.cached;
    result.found = search(*loaded.model, options);
    if (result.found.end == End::wide && scope.bits < 64) {
      // A field keeps a greater number than any argument has: once more, with room for it.
      scope.bits = std::min(2 * scope.bits, 64U);
      continue;
    }
    if (result.found.end == End::crowded) {
      scope.index_bits = scope.index_bits < 16 ? 16 : 64;
      continue;
    }
    result.scope = scope;
    if (result.found.wrong) result.counterexample = replay(law, scope, *loaded.model, *result.found.wrong);
    return result;
  }
}

}  // namespace iolaw::explore
