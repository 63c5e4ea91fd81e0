// SPDX-License-Identifier: Apache-2.0
// The flat state, and access to it by the numbers of kinds and fields.
#include <algorithm>

#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

std::uint32_t capacity(const Context& context, std::uint32_t kind) { return std::max(context.scope.objects[kind], 1U); }

void write_struct(Context& context, Writer& out) {
  out.open("struct State");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("Mask {}_live = 0;", context.kind_name(kind));
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    for (const Column* column : all_columns(context.layout, kind)) {
      out.line("std::array<{}, {}> {}{{}};", column->storage, capacity(context, kind), column->name);
    }
  }
  out.open("friend bool operator==(const State& a, const State& b)");
  std::string equal = "true";
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    equal += fmt::format(" && a.{0}_live == b.{0}_live", context.kind_name(kind));
  }
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    for (const Column* column : all_columns(context.layout, kind))
      equal += fmt::format(" && same(a.{0}, b.{0})", column->name);
  }
  out.line("return {};", equal);
  out.close();
  out.close("};");
}

void write_liveness(Context& context, Writer& out) {
  out.open("inline Mask live_of(const State& s, u32 kind)");
  out.open("switch (kind)");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("case {}: return s.{}_live;", kind, context.kind_name(kind));
  }
  out.line("default: return 0;");
  out.close();
  out.close();
  out.open("inline void set_live(State& s, u32 kind, Mask live)");
  out.open("switch (kind)");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    out.line("case {}: s.{}_live = live; return;", kind, context.kind_name(kind));
  }
  out.line("default: return;");
  out.close();
  out.close();
}

std::string read_word(const Column& column) {
  if (column.tag == Column::Tag::reference) return fmt::format("word_of(Ref(s.{}[object]) - 1)", column.name);
  return fmt::format("u64(s.{}[object])", column.name);
}

std::string write_word(const Column& column, int word) {
  if (column.tag == Column::Tag::reference) {
    return fmt::format("s.{}[object] = {}(ref_of(words[{}]) + 1);", column.name, column.storage, word);
  }
  return fmt::format("s.{}[object] = {}(words[{}]);", column.name, column.storage, word);
}

// Words are as in a state of the evaluator: references are indexes or all ones, maybe integers a value and whether
// there is one.
void write_fields(Context& context, Writer& out) {
  const auto cases = [&](auto write) {
    out.open("switch (kind)");
    for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
      out.open("case {}: switch (field)", kind);
      for (std::uint32_t field = 0; field < context.layout.fields[kind].size(); ++field) {
        write(context.layout.fields[kind][field], field);
      }
      out.line("default: return;");
      out.close();
    }
    out.line("default: return;");
    out.close();
  };
  out.open("inline void read_field(const State& s, u32 kind, u32 object, u32 field, u64* words)");
  cases([&](const FieldLayout& layout, std::uint32_t field) {
    out.line("case {}: words[0] = {}; {}return;", field, read_word(layout.first),
             layout.two ? fmt::format("words[1] = {}; ", read_word(layout.second)) : "");
  });
  out.close();
  out.open("inline void write_field(State& s, u32 kind, u32 object, u32 field, const u64* words)");
  cases([&](const FieldLayout& layout, std::uint32_t field) {
    out.line("case {}: {} {}return;", field, write_word(layout.first, 0),
             layout.two ? write_word(layout.second, 1) + " " : "");
  });
  out.close();
}

}  // namespace

void write_state(Context& context, Writer& out) {
  std::string capacities;
  std::string fields;
  for (const std::uint32_t objects : context.scope.objects) {
    capacities += fmt::format("{}{}", capacities.empty() ? "" : ", ", objects);
  }
  for (const Kind& kind : context.law.kinds)
    fields += fmt::format("{}{}", fields.empty() ? "" : ", ", kind.fields.size());
  out.line("inline constexpr u32 kKinds = {};", context.law.kinds.size());
  out.line("inline constexpr std::array<u32, {}> kObjects{{{}}};", std::max<std::size_t>(context.law.kinds.size(), 1),
           capacities);
  out.line("inline constexpr std::array<u32, {}> kFields{{{}}};", std::max<std::size_t>(context.law.kinds.size(), 1),
           fields);
  out.blank();
  write_struct(context, out);
  out.blank();
  write_liveness(context, out);
  write_fields(context, out);
  out.blank();
}

}  // namespace iolaw::emit
