// SPDX-License-Identifier: Apache-2.0
#include "model/emit/integer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace iolaw::emit {

Width width_of(const Range& range) {
  const auto within = [&](Wide lo, Wide hi) { return lo <= range.lo && range.hi <= hi; };
  if (within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max())) return Width::i32;
  if (within(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max())) return Width::i64;
  if (within(0, kMost)) return Width::u64;
  return Width::i128;
}

std::string name_of(Width width) {
  switch (width) {
    case Width::i32:
      return "i32";
    case Width::i64:
      return "i64";
    case Width::u64:
      return "u64";
    case Width::i128:
      break;
  }
  return "i128";
}

Range join(const Range& a, const Range& b) { return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)}; }

Int constant(Wide value) {
  const Range range{value, value};
  switch (width_of(range)) {
    case Width::i32:
      return {fmt::format("i32({})", static_cast<std::int32_t>(value)), range};
    case Width::i64:
      return {fmt::format("i64({}LL)", static_cast<std::int64_t>(value)), range};
    default:
      return {fmt::format("u64({:#x}ULL)", static_cast<Word>(value)), range};
  }
}

std::string in_width(const Int& x, Width width) {
  if (width_of(x.range) == width) return x.code;
  return fmt::format("{}({})", name_of(width), x.code);
}

std::string as_swept(const Int& x) { return x.swept ? x.code : fmt::format("swept(i128({}))", x.code); }

}  // namespace iolaw::emit
