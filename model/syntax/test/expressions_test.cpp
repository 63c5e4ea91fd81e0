// SPDX-License-Identifier: Apache-2.0
// How operators bind, and what short forms stand for: the formula, written out in full, must be the typed tree.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/law/parse.hpp"

namespace iolaw {
namespace {

// The tree as text, every operator in brackets.
std::string show(const Law& law, const std::vector<std::string>& slots, const Expr& e) {
  const auto child = [&](std::size_t i) { return show(law, slots, *e.children[i]); };
  const auto infix = [&](const std::string& op) {
    std::string text = "(";
    text += child(0);
    for (std::size_t i = 1; i < e.children.size(); ++i) text += " " + op + " " + child(i);
    return text + ")";
  };
  const auto prefix = [&](const std::string& op) {
    std::string text = op + "(";
    for (std::size_t i = 0; i < e.children.size(); ++i) text += (i > 0 ? ", " : "") + child(i);
    return text + ")";
  };
  switch (e.op) {
    case Op::literal:
      return std::to_string(e.value);
    case Op::none:
      return "none";
    case Op::variable:
      return slots[e.index];
    case Op::constant:
      return law.constants[e.index].name;
    case Op::field:
      return child(0) + "." + law.kinds[e.children[0]->type.id].fields[e.index].name;
    case Op::first:
      return child(0) + ".first";
    case Op::last:
      return child(0) + ".last";
    case Op::interval:
      return infix("..");
    case Op::lives:
      return prefix("lives");
    case Op::at:
      return child(0) + ".at[" + child(1) + "]";
    case Op::slot:
      return child(0) + ".slot[" + child(1) + "]";
    case Op::count:
      return child(0) + "." + law.counts[e.index].name;
    case Op::call:
      return prefix(law.defs[e.index].name);
    case Op::is_some:
      return prefix("some");
    case Op::the:
      return prefix("the");
    case Op::negation:
      return prefix("not");
    case Op::conjunction:
      return infix("and");
    case Op::disjunction:
      return infix("or");
    case Op::implication:
      return infix("=>");
    case Op::equivalence:
      return infix("<=>");
    case Op::conditional:
      return fmt::format("({} ? {} : {})", child(0), child(1), child(2));
    case Op::equal:
      return infix("==");
    case Op::less:
      return infix("<");
    case Op::less_equal:
      return infix("<=");
    case Op::add:
      return infix("+");
    case Op::subtract:
      return infix("-");
    case Op::multiply:
      return infix("*");
    case Op::wrapping:
      return prefix("wrapping");
    case Op::overflows:
      return prefix("overflows");
    case Op::aligned:
      return prefix("aligned");
    case Op::align_down:
      return prefix("align_down");
    case Op::flags_contain:
      return infix("contains");
    case Op::flags_union:
      return infix("|");
    case Op::all_objects:
      return fmt::format("all {}: {}: {}", slots[e.index], law.kinds[e.kind].name, child(0));
    case Op::some_object:
      return fmt::format("some {}: {}: {}", slots[e.index], law.kinds[e.kind].name, child(0));
    case Op::count_objects:
      return fmt::format("count {}: {}: {}", slots[e.index], law.kinds[e.kind].name, child(0));
    case Op::all_addresses:
      return fmt::format("all {} in {}..{}: {}", slots[e.index], child(0), child(1), child(2));
    case Op::some_address:
      return fmt::format("some {} in {}..{}: {}", slots[e.index], child(0), child(1), child(2));
    case Op::after:
      return prefix("after");
  }
  return "?";
}

constexpr const char* kPrelude = R"(
flags Rights { READ, WRITE }
object Ioas { limit: maybe u64 }
object Area { in ioas: Ioas at span, holds pages: Pages, rights: Rights, va: u64 }
object Pin { holds ioas: Ioas, span: interval, holds backup: maybe Ioas }
object Pages shared {}
def f(x: u64) -> bool = x == 0
rule r(i: Ioas, a: Area, b: Area, n: Pin, p: Pages, x: u64, y: u64, q: bool, s: bool, rights: Rights) {}
)";

// The formula over the parameters of `r`.
std::string typed(const std::string& formula) {
  const Parsed parsed = parse_law_texts({{"test.law", kPrelude + ("step t.t \"t\" on r: " + formula)}});
  std::string mistakes;
  for (const Diagnostic& diagnostic : parsed.diagnostics) mistakes += render(diagnostic, parsed.files, false);
  if (!parsed.law) return mistakes;
  const Property* property = parsed.law->find_property("t.t");
  return show(*parsed.law, property->slot_names, *property->formula);
}

TEST(Expressions, BindAsWritten) {
  EXPECT_EQ(typed("q or s and q"), "(q or (s and q))");
  EXPECT_EQ(typed("(q or s) and q"), "((q or s) and q)");
  EXPECT_EQ(typed("(q and s) and q"), "((q and s) and q)");
  EXPECT_EQ(typed("q and s and q"), "(q and s and q)");
  EXPECT_EQ(typed("q implies s implies q"), "(q => (s => q))");
  EXPECT_EQ(typed("q iff s implies q or s"), "(q <=> (s => (q or s)))");
  EXPECT_EQ(typed("not q and s"), "(not(q) and s)");
  EXPECT_EQ(typed("not x == y"), "not((x == y))");
  EXPECT_EQ(typed("x + y - 1 == 2 * x + 1"), "(((x + y) - 1) == ((x * 2) + 1))");
  EXPECT_EQ(typed("x - y - 1 < x"), "(((x - y) - 1) < x)");
  EXPECT_EQ(typed("x > y"), "(y < x)");
  EXPECT_EQ(typed("x >= y"), "(y <= x)");
  EXPECT_EQ(typed("q and all z: u64: z < x and s"), "(q and all z in 0..18446744073709551615: ((z < x) and s))");
  EXPECT_EQ(typed("(if q then x else y) == 1"), "((q ? x : y) == 1)");
  EXPECT_EQ(typed("if q then s else q or s"), "(q ? s : (q or s))");
  EXPECT_EQ(typed("READ | WRITE in rights"), "(rights contains 3)");
  EXPECT_EQ(typed("not rights is empty"), "not((rights == 0))");
}

TEST(Expressions, IntervalsAreComparisons) {
  EXPECT_EQ(typed("x in a.span"), "((a.span.first <= x) and (x <= a.span.last))");
  EXPECT_EQ(typed("x in y..y + 9"), "((y <= x) and (x <= (y + 9)))");
  EXPECT_EQ(typed("a.span in n.span"), "((n.span.first <= a.span.first) and (a.span.last <= n.span.last))");
  EXPECT_EQ(typed("overlaps(a.span, x..y)"), "((a.span.first <= y) and (x <= a.span.last))");
  EXPECT_EQ(typed("min(x, y) == 0"), "(((x <= y) ? x : y) == 0)");
  EXPECT_EQ(typed("max(x, y) == 0"), "(((x <= y) ? y : x) == 0)");
  EXPECT_EQ(typed("a.span == n.span"), "(a.span == n.span)");
}

TEST(Expressions, QuantifiersGuard) {
  EXPECT_EQ(typed("all c: Area in i: c.va == 0"), "all c: Area: ((c.ioas == i) => (c.va == 0))");
  EXPECT_EQ(typed("some c: Area in i where q: s"), "some c: Area: ((c.ioas == i) and (q and s))");
  EXPECT_EQ(typed("no c: Area: q"), "not(some c: Area: q)");
  EXPECT_EQ(typed("all c: Area, z in c.span where q: f(z)"),
            "all c: Area: all z in c.span.first..c.span.last: (q => f(z))");
}

TEST(Expressions, WhatIsSomeIsBound) {
  EXPECT_EQ(typed("i.at[x] is some c and c.va == 0"), "(some(i.at[x]) and (the(i.at[x]).va == 0))");
  EXPECT_EQ(typed("i.at[x] is some c implies c.va == 0"), "(some(i.at[x]) => (the(i.at[x]).va == 0))");
  EXPECT_EQ(typed("i.at[x] is none"), "not(some(i.at[x]))");
  EXPECT_EQ(typed("i.at[x] == a"), "(some(i.at[x]) and (the(i.at[x]) == a))");
  EXPECT_EQ(typed("i.at[x] == i.at[y]"), "(i.at[x] == i.at[y])");
  EXPECT_EQ(typed("(if i.limit is some l then l else 0) == x"), "((some(i.limit) ? the(i.limit) : 0) == x)");
  EXPECT_NE(typed("i.at[x] is some c or c.va == 0").find("LAW0020"), std::string::npos);
  EXPECT_NE(typed("not i.at[x] is some c and c.va == 0").find("LAW0020"), std::string::npos);
}

TEST(Expressions, AfterIsTheOtherState) {
  EXPECT_EQ(typed("after(i.at[x]) is some c and after(c.va) == c.va"),
            "(some(after(i.at[x])) and (after(the(i.at[x]).va) == the(after(i.at[x])).va))");
  EXPECT_EQ(typed("after(i.at[x] is some c and c.va == 0)"), "after((some(i.at[x]) and (the(i.at[x]).va == 0)))");
}

TEST(Expressions, BusyIsEveryHolder) {
  EXPECT_EQ(typed("i is busy"),
            "(some holder: Pin: (holder.ioas == i) or "
            "some holder: Pin: (some(holder.backup) and (the(holder.backup) == i)))");
  EXPECT_EQ(typed("a is busy"), "0");
  EXPECT_EQ(typed("p.users == 0"), "(p.users == 0)");
}

}  // namespace
}  // namespace iolaw
