// SPDX-License-Identifier: Apache-2.0
// Numbers: exact arithmetic in types as wide as the values need, and quantifiers over addresses.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "model/emit/expressions.hpp"

namespace iolaw::emit {
namespace {

// Ranges of at most so many addresses are tried one by one.
constexpr Wide kNarrow = 16;

constexpr Wide kProducts = Wide{1} << 120;  // as the runtime's kInfinity

bool fits_word(const Range& range) { return range.lo >= 0 && range.hi <= kMost; }

}  // namespace

std::string Expressions::compare_codes(const Int& a, const Int& b, const char* op) {
  const Width width = width_of(join(a.range, b.range));
  return fmt::format("({} {} {})", in_width(a, width), op, in_width(b, width));
}

std::string Expressions::equal(const Term& a, const Term& b, const Expr& where) {
  const auto numbers = [&](const Int& x, const Int& y) {
    if (!x.swept && !y.swept) return compare_codes(x, y, "==");
    return fmt::format("equal(sweep, {}, {}, {})", as_swept(x), as_swept(y),
                       context_.site(where.span, "this depends too steeply on a quantified address"));
  };
  switch (a.type.tag) {
    case TypeTag::boolean:
    case TypeTag::reference:
      return fmt::format("({} == {})", a.a.code, b.a.code);
    case TypeTag::interval:
      return fmt::format("({} && {})", numbers(a.a, b.a), numbers(a.b, b.b));
    default:
      break;
  }
  if (a.b.code == "true" && b.b.code == "true") return numbers(a.a, b.a);
  return fmt::format("({} == {} && (!{} || {}))", a.b.code, b.b.code, a.b.code, numbers(a.a, b.a));
}

std::string Expressions::compare(const Expr& expr) {
  const Int a = integer(*expr.children[0]);
  const Int b = integer(*expr.children[1]);
  if (!a.swept && !b.swept) return compare_codes(a, b, expr.op == Op::less ? "<" : "<=");
  return fmt::format("{}(sweep, {}, {}, {})", expr.op == Op::less ? "less" : "less_equal", as_swept(a), as_swept(b),
                     context_.site(expr.span, "this depends too steeply on a quantified address"));
}

Int Expressions::arithmetic(const Expr& expr) {
  const bool sum = expr.op == Op::add;
  const Int a = integer(*expr.children[0]);
  const Int b = integer(*expr.children[1]);
  const Range range = sum ? Range{a.range.lo + b.range.lo, a.range.hi + b.range.hi}
                          : Range{a.range.lo - b.range.hi, a.range.hi - b.range.lo};
  if (range.lo < -kBeyond || range.hi > kBeyond)
    refuse(expr, "this sum may be beyond what compiled models compute (2^124)");
  if (a.swept || b.swept) {
    return {fmt::format("plus({}, {}, {}, {})", as_swept(a), as_swept(b), sum ? 1 : -1,
                        context_.site(expr.span, "this depends too steeply on a quantified address")),
            range, true};
  }
  const Width width = width_of(join(range, join(a.range, b.range)));
  Int result{fmt::format("({} {} {})", in_width(a, width), sum ? '+' : '-', in_width(b, width)), range};
  if (width != width_of(range)) result.code = fmt::format("{}{}", name_of(width_of(range)), result.code);
  return result;
}

Int Expressions::multiply(const Expr& expr) {
  const Int a = integer(*expr.children[0]);
  const Int b = integer(*expr.children[1]);
  const std::uint32_t site = context_.site(expr.span, "this product is beyond what the model computes (2^120)");
  if (a.swept || b.swept) {
    return {fmt::format("times({}, {}, {})", as_swept(a), as_swept(b), site), {-kProducts, kProducts}, true};
  }
  // The product of the ranges, if no corner leaves what the runtime carries.
  std::optional<Range> exact;
  bool fits = true;
  for (const Wide x : {a.range.lo, a.range.hi}) {
    for (const Wide y : {b.range.lo, b.range.hi}) {
      Wide corner = 0;
      fits = fits && !__builtin_mul_overflow(x, y, &corner) && corner <= kProducts && corner >= -kProducts;
      exact = exact ? join(*exact, {corner, corner}) : Range{corner, corner};
    }
  }
  if (!fits) {
    return {fmt::format("product({}, {}, {})", in_width(a, Width::i128), in_width(b, Width::i128), site),
            {-kProducts, kProducts}};
  }
  const Width width = width_of(join(*exact, join(a.range, b.range)));
  Int result{fmt::format("({} * {})", in_width(a, width), in_width(b, width)), *exact};
  if (width != width_of(*exact)) result.code = fmt::format("{}{}", name_of(width_of(*exact)), result.code);
  return result;
}

Int Expressions::wrapping(const Expr& expr) {
  const Int x = integer(*expr.children[0]);
  if (x.swept) return {fmt::format("wrapping(sweep, {})", x.code), {0, kMost}, true};
  if (fits_word(x.range)) return x;
  return {fmt::format("u64({})", x.code), {0, kMost}};
}

std::string Expressions::overflows(const Expr& expr) {
  const Int x = integer(*expr.children[0]);
  if (x.swept) return fmt::format("overflows(sweep, {})", x.code);
  // The value is computed even so: a defect in it must show.
  if (fits_word(x.range)) return fmt::format("(void({}), false)", x.code);
  return fmt::format("(u64({}) != {})", x.code, in_width(x, Width::i128));
}

std::string Expressions::aligned(const Expr& expr) {
  const Int x = integer(*expr.children[0]);
  const Int unit = integer(*expr.children[1]);
  if (unit.swept) refuse(expr, "the unit of an alignment depends on a quantified address");
  const std::uint32_t site = context_.site(expr.span, "the unit of an alignment is not positive");
  if (x.swept) return fmt::format("aligned(sweep, {}, unit_of({}, {}))", x.code, in_width(unit, Width::i128), site);
  const Width width = width_of(join(x.range, unit.range));
  return fmt::format("(rest_of({}, unit_of({}, {})) == 0)", in_width(x, width), in_width(unit, width), site);
}

Int Expressions::align_down(const Expr& expr) {
  const Int x = integer(*expr.children[0]);
  const Int unit = integer(*expr.children[1]);
  if (unit.swept) refuse(expr, "the unit of an alignment depends on a quantified address");
  const std::uint32_t site = context_.site(expr.span, "the unit of an alignment is not positive");
  const Range range{x.range.lo >= 0 ? 0 : x.range.lo - unit.range.hi, x.range.hi};
  if (x.swept) {
    return {fmt::format("align_down(sweep, {}, unit_of({}, {}))", x.code, in_width(unit, Width::i128), site), range,
            true};
  }
  const Width width = width_of(join(range, join(x.range, unit.range)));
  const std::string value = in_width(x, width);
  Int result{fmt::format("({} - rest_of({}, unit_of({}, {})))", value, value, in_width(unit, width), site), range};
  if (width != width_of(range)) result.code = fmt::format("{}{}", name_of(width_of(range)), result.code);
  return result;
}

Term Expressions::quantified_addresses(const Expr& expr) {
  const bool all = expr.op == Op::all_addresses;
  const Int first = integer(*expr.children[0]);
  const Int last = integer(*expr.children[1]);
  const std::string name = context_.fresh_name("x");
  const Range range{std::max<Wide>(first.range.lo, 0), std::min(last.range.hi, kMost)};
  const bool one_by_one = !first.swept && !last.swept && last.range.hi <= kMost && range.hi - range.lo < kNarrow;
  Term address;
  address.type.tag = TypeTag::u64;
  address.a = Int{name, range, !one_by_one};
  address.b.code = "true";
  bind(expr.index, address);
  const bool outermost = !sweeping_;
  if (!one_by_one) sweeping_ = true;
  const std::string body = truth(*expr.children[2]);
  if (!one_by_one && outermost) sweeping_ = false;
  slots_[expr.index].reset();
  if (one_by_one) {
    if (range.hi < range.lo) return truth_term(all ? "true" : "false");
    const Width width = width_of(join({range.lo, range.hi + 1}, join(first.range, last.range)));
    const std::string type = name_of(width);
    return truth_term(fmt::format(
        "{}all_from({}({}), {}, [&]([[maybe_unused]] const {} {}_wide) {{ [[maybe_unused]] const auto {} = "
        "{}({}_wide); return {}{}; }})",
        all ? "" : "!", type,
        first.range.lo < 0 ? fmt::format("({} < 0 ? 0 : {})", first.code, in_width(first, width)) : first.code,
        in_width(last, width), type, name, name, name_of(width_of(range)), name, all ? "" : "!", body));
  }
  const std::uint32_t site =
      context_.site(expr.span, "this range of addresses falls into too many pieces, or is nested too deeply");
  const std::string call = fmt::format(
      "{}sweep_range(sweep, {}, {}, {}, {}, nullptr, [&]([[maybe_unused]] const Swept& {}) {{ return {}; }})",
      all ? "!" : "", as_swept(first), as_swept(last), all ? "false" : "true", site, name, body);
  if (!outermost) return truth_term(fmt::format("({})", call));
  return truth_term(fmt::format("[&] {{ Sweep sweep; return {}; }}()", call));
}

}  // namespace iolaw::emit
