// SPDX-License-Identifier: Apache-2.0
// How RapidCheck shrinks a sequence of calls.
#pragma once

#include <rapidcheck.h>

#include "checker/generate/simplicity.hpp"

namespace iolaw {

// Smaller sequences to try, in the order of Reductions. Lazy. Keeps references.
rc::Seq<Sequence> smaller(const Law& law, const Simplicity& simplicity, const Sequence& sequence);

}  // namespace iolaw
