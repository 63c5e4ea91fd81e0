// SPDX-License-Identifier: Apache-2.0
// Maps and counts, computed from the objects that live: what lives at a key of its parent, and how many refer to an
// object.
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

void write_map(Context& context, Writer& out, std::uint32_t kind) {
  const Kind& declared = context.law.kinds[kind];
  const FieldLayout& key = context.layout.fields[kind][*declared.key];
  const std::string name = context.kind_name(kind);
  const std::string parent = context.layout.fields[kind][*declared.parent].first.name;
  const bool interval = declared.container == Container::interval_map;
  const std::string function = (interval ? "at_" : "slot_") + name;
  const std::string first = key.first.name;
  const std::string last = interval ? key.second.name : key.first.name;

  out.line("template <class Key>");
  out.open("inline Ref {}(const State& s, Ref parent, Key key)", function);
  out.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", name);
  out.line("const Ref object = lowest(left);");
  out.line("if (Ref(s.{}[object]) - 1 != parent) continue;", parent);
  out.open("if constexpr (sizeof(Key) == 16)");
  out.line("if (i128(s.{}[object]) <= key && key <= i128(s.{}[object])) return object;", first, last);
  out.close("} else {");
  out.line("  if (key >= Key{{0}} && u64(s.{}[object]) <= u64(key) && u64(key) <= u64(s.{}[object])) return object;",
           first, last);
  out.line("}}");
  out.close();
  out.line("return kNoRef;");
  out.close();

  out.open("inline Ref {}(const State& s, Ref parent, const Swept& key, Sweep& sweep)", function);
  out.line("Around around;");
  out.line("Ref found = kNoRef;");
  out.open("for (Mask left = s.{}_live; left != 0 && found == kNoRef; left &= left - 1)", name);
  out.line("const Ref object = lowest(left);");
  out.line("if (Ref(s.{}[object]) - 1 == parent && around.meets(key.v, s.{}[object], s.{}[object])) found = object;",
           parent, first, last);
  out.close();
  out.line("sweep.narrow(key, around.low, around.high);");
  out.line("return found;");
  out.close();
}

void write_count(Context& context, Writer& out, std::uint32_t index) {
  const Count& count = context.law.counts[index];
  out.open("inline i32 count_{}(const State& s, Ref key)", index);
  out.line("i32 sum = 0;");
  for (const CountTerm& part : count.terms) {
    const std::string name = context.kind_name(part.kind);
    const std::string member = context.fresh_name("m");
    std::string condition =
        fmt::format("Ref(s.{}[{}]) - 1 == key", context.layout.fields[part.kind][part.field].first.name, member);
    if (part.where) {
      Expressions expressions(context, "s");
      expressions.bind(0, reference_term(part.kind, member, kState));
      condition += " && " + expressions.truth(*part.where);
    }
    out.line("sum += count_of(s.{}_live, [&](const Ref {}) {{ return {}; }});", name, member, condition);
  }
  out.line("return sum;");
  out.close();
}

}  // namespace

void write_maps(Context& context, Writer& out) {
  for (std::uint32_t index = 0; index < context.law.counts.size(); ++index) {
    out.line("inline i32 count_{}(const State& s, Ref key);", index);
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    if (context.law.kinds[kind].container != Container::none) write_map(context, out, kind);
  }
  for (std::uint32_t index = 0; index < context.law.counts.size(); ++index) write_count(context, out, index);
  out.blank();
}

}  // namespace iolaw::emit
