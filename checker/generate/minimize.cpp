// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/minimize.hpp"

#include "checker/generate/reductions.hpp"

namespace iolaw {

Sequence minimize(const Law& law, const Simplicity& simplicity, Sequence sequence, Budget& budget,
                  const std::function<bool(const Sequence&)>& keeps) {
  for (bool changed = true; changed && !budget.exhausted();) {
    changed = false;
    Reductions reductions(law, simplicity, sequence);
    while (std::optional<Sequence> candidate = reductions.next()) {
      if (!budget.spend(candidate->size())) break;
      if (!keeps(*candidate)) continue;
      sequence = *candidate;
      reductions.accept(std::move(*candidate));
      changed = true;
    }
  }
  return sequence;
}

}  // namespace iolaw
