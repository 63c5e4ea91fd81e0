// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/number_range.hpp"

#include <algorithm>

namespace iolaw {
namespace {

// Nothing that is written in a law comes near; sums of some of these still fit.
constexpr WideNumber kFar = WideNumber{1} << 100;
constexpr NumberRange kAnyNumber{-kFar, kFar};
constexpr WideNumber kMostWord = (WideNumber{1} << 64) - 1;

NumberRange within_far(WideNumber low, WideNumber high) { return {std::max(low, -kFar), std::min(high, kFar)}; }

NumberRange of_type(const Type& type) {
  if (type.maybe) return kAnyNumber;
  switch (type.tag) {
    case TypeTag::u64:
      return {0, kMostWord};
    case TypeTag::pow2:
      return {1, kMostWord};
    default:
      return kAnyNumber;
  }
}

}  // namespace

NumberRange range_of(const Law& law, const Expr& number) {
  const auto child = [&](std::size_t which) { return range_of(law, *number.children.at(which)); };
  switch (number.op) {
    case Op::literal:
      return {number.value, number.value};
    case Op::constant: {
      const Constant& constant = law.constants.at(number.index);
      if (!constant.type.is_integer()) return kAnyNumber;
      return {constant.value, constant.value};
    }
    case Op::first:
    case Op::last: {
      const Expr& interval = *number.children.at(0);
      if (interval.op == Op::field) return {0, kMostWord};
      // One that is not kept may end anywhere.
      if (interval.op != Op::constant) return kAnyNumber;
      const Constant& constant = law.constants.at(interval.index);
      const Word end = number.op == Op::first ? constant.value : constant.last;
      return {end, end};
    }
    case Op::count:
    case Op::count_objects:
      return {0, kFar};
    case Op::wrapping:
      return {0, kMostWord};
    case Op::add: {
      const NumberRange a = child(0);
      const NumberRange b = child(1);
      return within_far(a.low + b.low, a.high + b.high);
    }
    case Op::subtract: {
      const NumberRange a = child(0);
      const NumberRange b = child(1);
      return within_far(a.low - b.high, a.high - b.low);
    }
    case Op::conditional: {
      const NumberRange a = child(1);
      const NumberRange b = child(2);
      return {std::min(a.low, b.low), std::max(a.high, b.high)};
    }
    case Op::align_down: {
      const NumberRange x = child(0);
      return x.low < 0 ? kAnyNumber : NumberRange{0, x.high};
    }
    case Op::variable:
    case Op::field:
    case Op::the:
      return of_type(number.type);
    default:
      return kAnyNumber;
  }
}

std::optional<bool> settled(const Law& law, const Expr& comparison) {
  if (comparison.op == Op::negation) {
    const std::optional<bool> inside = settled(law, *comparison.children.at(0));
    return inside ? std::optional<bool>(!*inside) : std::nullopt;
  }
  if (comparison.op != Op::equal && comparison.op != Op::less && comparison.op != Op::less_equal) return std::nullopt;
  for (const ExprPtr& side : comparison.children) {
    if (!side->type.is_integer() || side->type.maybe) return std::nullopt;
  }
  const NumberRange a = range_of(law, *comparison.children[0]);
  const NumberRange b = range_of(law, *comparison.children[1]);
  switch (comparison.op) {
    case Op::equal:
      if (a.high < b.low || b.high < a.low) return false;
      if (a.low == a.high && b.low == b.high) return true;
      return std::nullopt;
    case Op::less:
      if (a.high < b.low) return true;
      if (b.high <= a.low) return false;
      return std::nullopt;
    default:
      if (a.high <= b.low) return true;
      if (b.high < a.low) return false;
      return std::nullopt;
  }
}

}  // namespace iolaw
