// SPDX-License-Identifier: Apache-2.0
// Values of the law as terms: one or more, by type.
#pragma once

#include <vector>

#include "checker/smt/term.hpp"
#include "model/law/law.hpp"

namespace iolaw {

using smt::Term;
using smt::Terms;

// boolean: [Bool]; integer, enumeration: [Int]; flags: [Bool] for each flag; reference: [object], no.K if absent;
// interval: [Int first, Int last]; maybe integer: [Bool is there, Int].
struct Value {
  std::vector<Term> parts;
  friend bool operator==(const Value&, const Value&) = default;
};

inline Value single(Term term) { return {{term}}; }

std::vector<smt::Sort> parts_of(const Law& law, const Type& type);
// "", ".first", ".READ": the ending of a part's name.
std::string part_name(const Law& law, const Type& type, std::size_t part);

Term nobody(Terms& terms, std::uint32_t kind);
Value default_value(Terms& terms, const Law& law, const Type& type);  // zero, false, none
Value literal(Terms& terms, const Law& law, const Type& type, Word value, Word last);
Value choose(Terms& terms, Term condition, const Value& a, const Value& b);
Term equal(Terms& terms, const Value& a, const Value& b);
// The value as one of type `to`: something where a maybe is wanted.
Value coerce(Terms& terms, const Type& from, const Type& to, Value value);

// What every value of the type meets where it is kept: bounds, a constant of the enumeration. Intervals may be
// unordered.
Term typed(Terms& terms, const Law& law, const Type& type, const Value& value);
// What a value must meet to be kept: also that an interval is ordered.
Term fits(Terms& terms, const Law& law, const Type& type, const Value& value);

}  // namespace iolaw
