// SPDX-License-Identifier: Apache-2.0
// Integers of compiled code: an expression, and the closed range that its value cannot leave. The range decides the
// type that the arithmetic is done in, so that it is exact and no wider than needed.
#pragma once

#include <string>

#include "model/law/law.hpp"

namespace iolaw::emit {

__extension__ typedef __int128 Wide;

inline constexpr Wide kMost = ~Word{0};

// Closed on both ends.
struct Range {
  Wide lo = 0;
  Wide hi = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

enum class Width : std::uint8_t { i32, i64, u64, i128 };

struct Int {
  std::string code;  // of the type of width_of(range), or a Swept if `swept`; safe as an operand
  Range range;
  bool swept = false;  // depends on the address of a quantifier that is evaluated piece by piece
};

Width width_of(const Range& range);
std::string name_of(Width width);

Range join(const Range& a, const Range& b);

Int constant(Wide value);
// The same value in the type of `width`.
std::string in_width(const Int& x, Width width);
std::string as_swept(const Int& x);

// The largest absolute value that ranges may reach; beyond it an expression is refused.
inline constexpr Wide kBeyond = Wide{1} << 124;

}  // namespace iolaw::emit
