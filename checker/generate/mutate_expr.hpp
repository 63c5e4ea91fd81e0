// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "model/law/law.hpp"

namespace iolaw {

// A changed expression and what it now says: "with `length(range)` without `+ 1`".
using ExprVariant = std::function<void(ExprPtr changed, std::string what)>;

// Every way to change one node of an expression:
//   comparisons    < for <=, <= for <
//   and, or        without one of their parts
//   some           for all of them; for the lowest, for the highest of an interval map alone
//   if             as its one or its other branch
//   a + b, a - b   as a
//   units          another of the law's powers of two
//   contains, lives, is some: as true
// `slots` is the size of the frame; a variant may need one more, and says so by raising it.
void each_variant(const Law& law, const ExprPtr& expr, std::uint32_t& slots, const ExprVariant& variant);

ExprPtr truth_literal(bool value, Span span);

}  // namespace iolaw
