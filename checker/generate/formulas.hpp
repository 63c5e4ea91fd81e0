// SPDX-License-Identifier: Apache-2.0
// Expressions of the law made of others.
#pragma once

#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

inline constexpr Type kTruth{TypeTag::boolean};

// `like` gives the place in the text.
ExprPtr formula_node(Op op, std::vector<ExprPtr> children, const Expr& like, Type type = kTruth);

// All of them, in this order: a part is read only where those before it hold.
ExprPtr both(std::vector<ExprPtr> parts, const Expr& like);
ExprPtr negated(const ExprPtr& expr);
ExprPtr truth(bool value, const Expr& like);
ExprPtr with_child(const Expr& expr, std::size_t index, ExprPtr child);
ExprPtr integer(Word value, const Expr& like);
ExprPtr plus(const ExprPtr& expr, Word more);
ExprPtr equal_to(const ExprPtr& a, const ExprPtr& b);

// An object of the kind, bound to the slot, for which the formula holds.
ExprPtr some_object(std::uint32_t slot, std::uint32_t kind, ExprPtr formula, const Expr& like);

// With another slot in the place of one.
ExprPtr renamed(const ExprPtr& expr, std::uint32_t slot, std::uint32_t other);

}  // namespace iolaw
