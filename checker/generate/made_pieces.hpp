// SPDX-License-Identifier: Apache-2.0
// What a loop asks of objects that a loop before it made, said of the state before the call.
#pragma once

#include <map>
#include <vector>

#include "checker/generate/touched.hpp"
#include "model/law/law.hpp"

namespace iolaw {

// A loop of a rule, all of it written out.
struct WrittenLoop {
  // An object of its kind that each piece makes.
  struct Made {
    std::uint32_t kind = 0;
    std::map<std::uint32_t, ExprPtr> values;  // by field; null where it cannot be written out
  };
  const Each* each = nullptr;
  ExprPtr where;  // its pieces before the call; null if that is not known
  std::vector<Made> made;
};

// `expr` about the object in the slot, said of one that has these values; null where it says more of it than its fields
// do.
ExprPtr of_made(const ExprPtr& expr, std::uint32_t slot, const WrittenLoop::Made& made);

// For each object that a loop of `before` makes: that the line, which nothing else may change, applies to it, where it
// is a piece of the last loop, `each`, and was none of those between. None of these holds before a call that passes the
// line.
std::vector<ExprPtr> applies_to_made(const Law& law, const std::vector<WrittenLoop>& before, const Each& each,
                                     const ExprPtr& where, const ExprPtr& condition);

}  // namespace iolaw
