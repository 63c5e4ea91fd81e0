// SPDX-License-Identifier: Apache-2.0
// Makes typed expressions, and the comparisons that intervals stand for. Operands are shared, not copied.
#pragma once

#include <vector>

#include "model/law/law.hpp"

namespace iolaw::syntax {

inline constexpr Type kBoolean{TypeTag::boolean};
inline constexpr Type kU64{TypeTag::u64};
inline constexpr Type kPow2{TypeTag::pow2};
inline constexpr Type kNat{TypeTag::nat};
inline constexpr Type kInterval{TypeTag::interval};
constexpr Type reference_to(std::uint32_t kind, bool maybe = false) { return {TypeTag::reference, maybe, kind}; }

ExprPtr node(Op op, Type type, std::vector<ExprPtr> children, Span span, std::uint32_t index = 0,
             std::uint32_t kind = 0);
ExprPtr literal(Type type, Word value, Span span);
ExprPtr variable(std::uint32_t slot, Type type, Span span);
ExprPtr negation(ExprPtr e, Span span);
ExprPtr conjunction(std::vector<ExprPtr> parts, Span span);  // one part is itself, none is true
ExprPtr disjunction(std::vector<ExprPtr> parts, Span span);  // one part is itself, none is false
ExprPtr implication(ExprPtr a, ExprPtr b, Span span);        // `a` may be null: no condition
ExprPtr equal(ExprPtr a, ExprPtr b, Span span);              // a maybe and a plain value compare too
ExprPtr less_equal(ExprPtr a, ExprPtr b, Span span);
ExprPtr the(ExprPtr maybe, Span span);
ExprPtr first(const ExprPtr& interval, Span span);
ExprPtr last(const ExprPtr& interval, Span span);
ExprPtr contains(const ExprPtr& interval, const ExprPtr& address, Span span);
ExprPtr overlaps(const ExprPtr& a, const ExprPtr& b, Span span);
ExprPtr field(const Law& law, std::uint32_t kind, std::uint32_t index, ExprPtr object, Span span);

}  // namespace iolaw::syntax
