// SPDX-License-Identifier: Apache-2.0
// Packed states: per object a bit that says whether it lives, then its fields, each in as few bits as the scope needs.
// Dead objects are zeros, so equal states have equal keys and the initial state is all zeros. Wide numbers are there by
// index: `indexed` puts these in their place, once for all the keys that are made of a state.
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

// The body of a loop over the objects of a kind; `each` writes what is done with one column at an offset.
template <class Each>
void over_objects(Context& context, Writer& out, std::uint32_t kind, unsigned& offset, Each each) {
  const std::vector<const Column*> columns = all_columns(context.layout, kind);
  unsigned stride = 1;
  for (const Column* column : columns) stride += column->bits;
  const std::uint32_t objects = context.scope.objects[kind];
  if (objects > 0) {
    out.line("#pragma GCC unroll 16");
    out.open("for (unsigned object = 0; object < {}; ++object)", objects);
    out.line("const unsigned at = {} + {} * object;", offset, stride);
    unsigned inside = 1;
    each(static_cast<const Column*>(nullptr), 0U);
    for (const Column* column : columns) {
      each(column, inside);
      inside += column->bits;
    }
    out.close();
  }
  offset += stride * objects;
}

bool any_by_index(const Context& context) {
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    for (const Column* column : all_columns(context.layout, kind)) {
      if (column->by_index) return true;
    }
  }
  return false;
}

void write_indexed(Context& context, Writer& out) {
  if (!any_by_index(context)) {
    out.line("inline const State& indexed(const State& s) {{ return s; }}");
    return;
  }
  out.line("inline Numbers<{}> numbers;", context.scope.index_bits);
  out.open("inline State indexed(State s)");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    if (context.scope.objects[kind] == 0) continue;
    for (const Column* column : all_columns(context.layout, kind)) {
      if (!column->by_index) continue;
      out.line("for (auto& number : s.{}) number = {}(numbers.index(number));", column->name, column->storage);
    }
  }
  out.line("return s;");
  out.close();
}

}  // namespace

void write_keys(Context& context, Writer& out) {
  out.line("inline constexpr u32 kKeyBits = {};", context.layout.key_bits);
  out.line("inline constexpr u32 kKeyWords = {};", context.layout.key_words);
  out.line("using Key = std::array<u64, kKeyWords>;");
  out.blank();

  write_indexed(context, out);
  unsigned offset = 0;
  out.open("inline Key pack_indexed(const State& s)");
  out.line("Key key{{}};");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    over_objects(context, out, kind, offset, [&](const Column* column, unsigned inside) {
      if (column == nullptr) {
        out.line("put(key.data(), at, 1, (s.{}_live >> object) & 1);", context.kind_name(kind));
      } else {
        out.line("put(key.data(), at + {}, {}, s.{}[object]);", inside, column->bits, column->name);
      }
    });
  }
  out.line("(void)s;");
  out.line("return key;");
  out.close();
  out.line("inline Key pack(const State& s) {{ return pack_indexed(indexed(s)); }}");
  out.blank();

  offset = 0;
  out.open("inline State unpack(const u64* key)");
  out.line("State s;");
  for (std::uint32_t kind = 0; kind < context.law.kinds.size(); ++kind) {
    over_objects(context, out, kind, offset, [&](const Column* column, unsigned inside) {
      if (column == nullptr) {
        out.line("s.{}_live |= get(key, at, 1) << object;", context.kind_name(kind));
      } else {
        out.line("s.{}[object] = {}({}(get(key, at + {}, {})));", column->name, column->storage,
                 column->by_index ? "numbers.value" : "", inside, column->bits);
      }
    });
  }
  out.line("(void)key;");
  out.line("return s;");
  out.close();
  out.blank();
}

}  // namespace iolaw::emit
