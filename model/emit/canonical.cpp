// SPDX-License-Identifier: Apache-2.0
// Symmetry reduction: of all states that differ in the names of objects only, the one with the smallest key.
//
// Objects are coloured by their values, then by the colours of what they refer to and of what refers to them, so that a
// renaming cannot change a colour. Sorting each kind by colour leaves only objects of one colour to be permuted; if
// that is too many permutations, the first is taken, which only reduces less.
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

constexpr int kRounds = 2;
constexpr int kMostPermutations = 5040;

void write_colours(Context& context, Writer& out) {
  out.open("struct Colours");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("std::array<u64, {}> {}{{}};", context.scope.objects[kind] + 1, context.kind_name(kind));
  }
  out.close("};");
  out.line("template <std::size_t N>");
  out.open("inline bool any_alike(Mask live, const std::array<u64, N>& colour)");
  out.open("for (Mask left = live; left != 0; left &= left - 1)");
  out.line("const Ref o = lowest(left);");
  out.line("for (Mask other = left & (left - 1); other != 0; other &= other - 1) {{");
  out.line("  if (colour[lowest(other)] == colour[o]) return true;");
  out.line("}}");
  out.close();
  out.line("return false;");
  out.close();
  std::string alike;
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    if (context.scope.objects[kind] < 2) continue;
    alike += fmt::format("{0}any_alike(s.{1}_live, now.{1})", alike.empty() ? "(" : " || ", context.kind_name(kind));
  }
  alike += alike.empty() ? "false" : ")";
  out.open("inline Colours colours_of(const State& s)");
  out.line("Colours now;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    out.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", name);
    out.line("const Ref o = lowest(left);");
    out.line("u64 colour = {};", kind + 1);
    for (const Column* column : all_columns(context.layout, kind)) {
      if (column->tag == Column::Tag::reference) {
        out.line("colour = mix(colour, s.{}[o] != 0);", column->name);
      } else {
        out.line("colour = mix(colour, s.{}[o]);", column->name);
      }
    }
    out.line("now.{}[o] = colour;", name);
    out.close();
  }
  // Whether all are told apart is the same under any naming, so it may end the rounds.
  out.open("for (int round = 0; round < {} && {}; ++round)", kRounds, alike);
  out.line("Colours next = now;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    std::uint32_t tag = 0;
    for (const Column* column : all_columns(context.layout, kind)) {
      ++tag;
      if (column->tag != Column::Tag::reference) continue;
      const std::string target = context.kind_name(column->target);
      out.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", name);
      out.line("const Ref o = lowest(left);");
      out.line("const Ref to = Ref(s.{}[o]) - 1;", column->name);
      out.line("if (!lives(s.{}_live, to)) continue;", target);
      out.line("next.{}[o] += mix(now.{}[to], {});", name, target, 2 * tag);
      out.line("next.{}[to] += mix(now.{}[o], {});", target, name, 1000 * (kind + 1) + 2 * tag + 1);
      out.close();
    }
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    out.line(
        "for (Mask left = s.{}_live; left != 0; left &= left - 1) now.{}[lowest(left)] = mix(next.{}[lowest(left)], "
        "7);",
        name, name, name);
  }
  out.close();
  out.line("return now;");
  out.close();
  out.blank();
}

void write_renamed(Context& context, Writer& out) {
  out.line("// By kind: order[i] is the object that becomes i; the live ones come first.");
  out.open("struct Naming");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("std::array<u8, {}> {}{{}};", context.scope.objects[kind] + 1, context.kind_name(kind));
  }
  out.close("};");
  out.open("inline State renamed(const State& s, const Naming& order)");
  out.line("State t;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    out.line("std::array<u8, {}> to_{}{{}};", context.scope.objects[kind] + 1, name);
    out.line("for (unsigned i = 0; i < {}; ++i) to_{}[order.{}[i]] = u8(i + 1);", context.scope.objects[kind], name,
             name);
    out.line("t.{}_live = first_of(unsigned(size_of(s.{}_live)));", name, name);
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    const std::vector<const Column*> columns = all_columns(context.layout, kind);
    if (columns.empty()) continue;
    out.open("for (Mask left = t.{}_live; left != 0; left &= left - 1)", name);
    out.line("const Ref i = lowest(left);");
    out.line("const Ref o = order.{}[i];", name);
    for (const Column* column : columns) {
      if (column->tag == Column::Tag::reference) {
        out.line("t.{}[i] = s.{}[o] == 0 ? u8{{0}} : to_{}[s.{}[o] - 1];", column->name, column->name,
                 context.kind_name(column->target), column->name);
      } else {
        out.line("t.{}[i] = s.{}[o];", column->name, column->name);
      }
    }
    out.close();
  }
  out.line("return t;");
  out.close();
  out.blank();
}

}  // namespace

void write_canonical(Context& context, Writer& out) {
  write_colours(context, out);
  write_renamed(context, out);
  out.line("// A run of objects of one kind and colour: positions begin..end-1 of the order.");
  out.open("struct Alike");
  out.line("u8* begin;");
  out.line("u8* end;");
  out.close("};");
  out.line("template <std::size_t N>");
  out.open(
      "inline void sort_by_colour(Mask live, unsigned objects, const std::array<u64, N>& colour, std::array<u8, N>& "
      "order, Alike* alike, unsigned& runs, u64& permutations)");
  out.line("unsigned n = 0;");
  out.open("for (Mask left = live; left != 0; left &= left - 1)");
  out.line("const Ref o = lowest(left);");
  out.line("unsigned at = n++;");
  out.line("for (; at > 0 && colour[order[at - 1]] > colour[o]; --at) order[at] = order[at - 1];");
  out.line("order[at] = u8(o);");
  out.close();
  out.line("for (unsigned begin = 0, end = 0; begin < n; begin = end) {{");
  out.line("  u64 ways = 1;");
  out.line("  for (end = begin + 1; end < n && colour[order[end]] == colour[order[begin]]; ++end) {{");
  out.line("    if (ways <= {}) ways *= end - begin + 1;", kMostPermutations);
  out.line("  }}");
  out.line("  if (end - begin < 2) continue;");
  out.line("  if (permutations <= {}) permutations *= ways;", kMostPermutations);
  out.line("  alike[runs++] = Alike{{order.data() + begin, order.data() + end}};");
  out.line("}}");
  out.line("for (Ref o = 0; o < objects; ++o) {{");
  out.line("  if (!lives(live, o)) order[n++] = u8(o);");
  out.line("}}");
  out.close();
  out.blank();

  unsigned most_runs = 1;
  for (const std::uint32_t objects : context.scope.objects) most_runs += objects / 2;
  out.line("// `packable` is indexed(s).");
  out.open("inline Key canonical(const State& s, const State& packable)");
  out.line("const Colours colours = colours_of(s);");
  out.line("Naming order;");
  out.line("std::array<Alike, {}> alike{{}};", most_runs);
  out.line("unsigned runs = 0;");
  out.line("u64 permutations = 1;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const std::string name = context.kind_name(kind);
    out.line("sort_by_colour(s.{}_live, {}, colours.{}, order.{}, alike.data(), runs, permutations);", name,
             context.scope.objects[kind], name, name);
  }
  // Colours are of the numbers themselves, which no order of threads changes.
  out.line("Key best = pack_indexed(renamed(packable, order));");
  out.line("if (runs == 0 || permutations > {}) return best;", kMostPermutations);
  out.line("for (unsigned run = 0; run < runs; ++run) std::sort(alike[run].begin, alike[run].end);");
  out.open("for (;;)");
  out.line("const Key key = pack_indexed(renamed(packable, order));");
  out.line("if (key < best) best = key;");
  out.line("unsigned run = 0;");
  out.line("while (run < runs && !std::next_permutation(alike[run].begin, alike[run].end)) ++run;");
  out.line("if (run == runs) return best;");
  out.close();
  out.close();
  out.line("inline Key canonical_of(const State& s) {{ return canonical(s, indexed(s)); }}");
  out.blank();
}

}  // namespace iolaw::emit
