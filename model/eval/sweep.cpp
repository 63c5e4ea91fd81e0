// SPDX-License-Identifier: Apache-2.0
// Quantifiers over addresses, and the arithmetic that knows how a value depends on the address that is swept. See
// machine.hpp.
#include <algorithm>

#include "model/eval/machine.hpp"

namespace iolaw::eval {
namespace {

// The pieces that all sweeps of one evaluation may take together.
constexpr std::uint64_t kMostPieces = 1'000'000;

int lane(Slopes slopes, std::uint32_t level) { return static_cast<std::int8_t>(slopes >> (8 * level)); }

Slopes with_lane(Slopes slopes, std::uint32_t level, int slope) {
  const std::uint32_t shift = 8 * level;
  return (slopes & ~(0xffU << shift)) | (static_cast<std::uint32_t>(static_cast<std::uint8_t>(slope)) << shift);
}

}  // namespace

void Machine::narrow(Scalar x, Int low, Int high) {
  Int up = high - x.v;
  Int down = x.v - low;
  // The innermost address takes what it can: it is swept most often. What it may use up is not left to the outer ones.
  for (std::uint32_t level = depth_; level-- > 0;) {
    const int slope = lane(x.slopes, level);
    if (slope == 0) continue;
    Int& slack = slope > 0 ? up : down;
    const Int steep = slope > 0 ? slope : -slope;
    room_[level] = std::min(room_[level], slack / steep);
    slack -= steep * room_[level];
  }
}

bool Machine::less_than_zero(Scalar difference) {
  const bool less = difference.v < 0;
  if (difference.slopes != 0) less ? narrow(difference, -kInfinity, -1) : narrow(difference, 0, kInfinity);
  return less;
}

bool Machine::is_zero(Scalar difference) {
  if (difference.slopes == 0) return difference.v == 0;
  if (difference.v == 0) {
    narrow(difference, 0, 0);
    return true;
  }
  difference.v < 0 ? narrow(difference, -kInfinity, -1) : narrow(difference, 1, kInfinity);
  return false;
}

Scalar Machine::add(Scalar a, Scalar b, int sign, NodeId node) const {
  Scalar sum;
  const bool too_large = sign > 0 ? __builtin_add_overflow(a.v, b.v, &sum.v) : __builtin_sub_overflow(a.v, b.v, &sum.v);
  if (too_large) fail(node, "the value of this expression is beyond what the model computes (2^126)");
  sum.slopes = a.slopes;
  if (b.slopes != 0) {
    for (std::uint32_t level = 0; level < depth_; ++level) {
      const int slope = lane(a.slopes, level) + sign * lane(b.slopes, level);
      if (slope < -100 || slope > 100) fail(node, "this depends too steeply on a quantified address");
      sum.slopes = with_lane(sum.slopes, level, slope);
    }
  }
  return sum;
}

Scalar Machine::multiply(Scalar a, Scalar b, NodeId node) const {
  Scalar product;
  if (a.slopes != 0 && b.slopes != 0) {
    fail(node, "two numbers that depend on a quantified address are multiplied; write it with + and - instead");
  }
  if (__builtin_mul_overflow(a.v, b.v, &product.v) || product.v > kInfinity || product.v < -kInfinity) {
    fail(node, "the value of this product is beyond what the model computes (2^120)");
  }
  const Slopes slopes = a.slopes | b.slopes;
  if (slopes == 0) return product;
  const Int factor = a.slopes != 0 ? b.v : a.v;
  for (std::uint32_t level = 0; level < depth_; ++level) {
    const Int slope = lane(slopes, level) * std::clamp<Int>(factor, -1000, 1000);
    if (slope < -100 || slope > 100) {
      fail(node, "a quantified address is multiplied by a large number; compare it with the quotient instead");
    }
    product.slopes = with_lane(product.slopes, level, static_cast<int>(slope));
  }
  return product;
}

bool Machine::overflows(Scalar a) {
  if (a.slopes == 0) return a.v < 0 || a.v > kMax;
  if (a.v < 0) {
    narrow(a, -kInfinity, -1);
  } else if (a.v > kMax) {
    narrow(a, kMax + 1, kInfinity);
  } else {
    narrow(a, 0, kMax);
  }
  return a.v < 0 || a.v > kMax;
}

Scalar Machine::wrapping(Scalar a) {
  const Int rest = floor_mod(a.v, kMax + 1);
  if (a.slopes != 0) narrow(a, a.v - rest, a.v - rest + kMax);
  return {rest, a.slopes};
}

Int Machine::checked_unit(Scalar unit, NodeId node) const {
  if (unit.slopes != 0) fail(node, "the unit of an alignment depends on a quantified address");
  if (unit.v <= 0) fail(node, "the unit of an alignment is not positive");
  return unit.v;
}

bool Machine::aligned(Scalar x, Scalar unit_value, NodeId node) {
  const Int unit = checked_unit(unit_value, node);
  const Int rest = floor_mod(x.v, unit);
  if (x.slopes != 0 && unit > 1) {
    rest == 0 ? narrow(x, x.v, x.v) : narrow(x, x.v - rest + 1, x.v - rest + unit - 1);
  }
  return rest == 0;
}

Scalar Machine::align_down(Scalar x, Scalar unit_value, NodeId node) {
  const Int unit = checked_unit(unit_value, node);
  if (unit == 1) return x;
  const Int rest = floor_mod(x.v, unit);
  if (x.slopes != 0) narrow(x, x.v - rest, x.v - rest + unit - 1);
  return {x.v - rest, 0};
}

bool Machine::sweep_range(std::uint32_t slot, Scalar lo, Scalar hi, NodeId body, bool wanted, NodeId id) {
  // Only addresses are meant: what is below 0 or above 2^64-1 is no part of the range.
  if (lo.v < 0) {
    narrow(lo, -kInfinity, 0);
    lo = Scalar{};
  } else {
    narrow(lo, 0, kInfinity);
  }
  if (hi.v > kMax) {
    narrow(hi, kMax, kInfinity);
    hi = Scalar{kMax, 0};
  } else {
    narrow(hi, -kInfinity, kMax);
  }
  const Scalar length = add(hi, lo, -1, id);  // less one
  if (less_than_zero(length)) return false;
  if (depth_ == kSweepDepth) fail(id, "more than four quantifiers over addresses are nested");
  // A range whose length depends on an outer address ends elsewhere at the next one.
  if (length.slopes != 0) narrow(length, length.v, length.v);

  const std::uint32_t level = depth_;
  for (Int offset = 0; offset <= length.v;) {
    if (++pieces_ > kMostPieces) {
      depth_ = level;
      fail(id,
           "this range of addresses falls into more than a million pieces; bound it, or speak of interval ends and "
           "alignment units instead of single addresses");
    }
    room_[level] = length.v - offset;
    depth_ = level + 1;
    stack_[base_ + slot] = Value{{lo.v + offset, with_lane(lo.slopes, level, 1)}, {}};
    const bool found = truth(body) == wanted;
    depth_ = level;
    if (found) {
      stack_[base_ + slot] = Value{{lo.v + offset, 0}, {}};
      return true;
    }
    offset += room_[level] + 1;
  }
  return false;
}

bool Machine::sweep(const Node& node, NodeId id, bool wanted) {
  const Scalar lo = scalar(program_.child(node, 0));
  const Scalar hi = scalar(program_.child(node, 1));
  return sweep_range(node.index, lo, hi, program_.child(node, 2), wanted, id);
}

bool Machine::find_address(NodeId quantifier, bool wanted) {
  return sweep(program_.nodes[quantifier], quantifier, wanted);
}

}  // namespace iolaw::eval
