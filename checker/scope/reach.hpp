// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checker/scope/execute.hpp"
#include "checker/scope/target.hpp"

namespace iolaw::scope {

// That the call, as executed, is one that the law speaks of, in the scope, and reaches the target. May contain
// quantifiers over addresses.
Term reaches(Translator& translator, const Target& target, const View& before, const Execution& execution,
             const View& after);

}  // namespace iolaw::scope
