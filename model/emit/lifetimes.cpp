// SPDX-License-Identifier: Apache-2.0
// How objects die: an object takes with it what lives in it, and a shared one follows its last holder.
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

void write_kill(Context& context, Writer& out, std::uint32_t kind) {
  const std::string name = context.kind_name(kind);
  out.open("inline void kill_{}(State& s, Ref object)", name);
  out.line("if (!lives(s.{}_live, object)) return;", name);
  out.line("s.{}_live &= ~bit_of(object);", name);
  for (const Column* column : all_columns(context.layout, kind)) out.line("s.{}[object] = 0;", column->name);
  for (std::uint32_t child = 0; child < context.law.kinds.size(); ++child) {
    const Kind& declared = context.law.kinds[child];
    for (std::uint32_t field = 0; field < declared.fields.size(); ++field) {
      if (declared.fields[field].role != FieldRole::parent || declared.fields[field].type.id != kind) continue;
      out.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", context.kind_name(child));
      out.line("const Ref resident = lowest(left);");
      out.line("if (Ref(s.{}[resident]) - 1 == object) kill_{}(s, resident);",
               context.layout.fields[child][field].first.name, context.kind_name(child));
      out.close();
    }
  }
  out.close();
}

void write_burial(Context& context, Writer& out) {
  out.line("// Shared objects without a holder die; what they held may follow.");
  out.open("inline void bury_shared(State& s)");
  out.open("for (bool again = true; again;)");
  out.line("again = false;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    const Kind& declared = context.law.kinds[kind];
    if (!declared.shared || !declared.users) continue;
    const std::string name = context.kind_name(kind);
    out.open("if (s.{}_live != 0)", name);
    out.line("Mask held = 0;");
    for (const CountTerm& part : context.law.counts[*declared.users].terms) {
      const std::string column = context.layout.fields[part.kind][part.field].first.name;
      out.open("for (Mask left = s.{}_live; left != 0; left &= left - 1)", context.kind_name(part.kind));
      out.line("if (const u32 holder = s.{}[lowest(left)]; holder != 0) held |= bit_of(holder - 1);", column);
      out.close();
    }
    out.open("for (Mask left = s.{}_live & ~held; left != 0; left &= left - 1)", name);
    out.line("kill_{}(s, lowest(left));", name);
    out.line("again = true;");
    out.close();
    out.close();
  }
  out.close();
  out.line("(void)s;");
  out.close();
}

}  // namespace

void write_lifetimes(Context& context, Writer& out) {
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("inline void kill_{}(State& s, Ref object);", context.kind_name(kind));
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) write_kill(context, out, kind);
  write_burial(context, out);
  out.blank();
}

}  // namespace iolaw::emit
