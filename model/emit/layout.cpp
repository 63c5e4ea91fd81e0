// SPDX-License-Identifier: Apache-2.0
#include "model/emit/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>

namespace iolaw::emit {
namespace {

// Numbers of so many bits stand in keys as they are.
constexpr unsigned kDirectBits = 12;

std::string storage_of(unsigned bits) {
  if (bits <= 8) return "u8";
  if (bits <= 16) return "u16";
  return bits <= 32 ? "u32" : "u64";
}

Range below(unsigned bits) { return {0, bits >= 64 ? kMost : (Wide{1} << bits) - 1}; }

}  // namespace

std::string identifier(std::string_view name) {
  std::string safe(name);
  for (char& c : safe) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return safe;
}

Layout::Layout(const Law& law, const Scope& scope) {
  const auto number = [&](const std::string& name, unsigned bits) {
    return Column{Column::Tag::number, name, storage_of(bits), bits, false, below(bits), 0};
  };
  const auto address = [&](const std::string& name) {
    Column column = number(name, scope.bits);
    column.by_index = scope.enumerable && scope.bits > kDirectBits && scope.index_bits < scope.bits;
    if (column.by_index) column.bits = scope.index_bits;
    return column;
  };
  for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
    std::vector<FieldLayout>& of_kind = fields.emplace_back();
    for (const Field& field : law.kinds[kind].fields) {
      FieldLayout layout;
      const std::string name = identifier(law.kinds[kind].name) + "_" + identifier(field.name);
      switch (field.type.tag) {
        case TypeTag::boolean:
          layout.first = Column{Column::Tag::boolean, name, "u8", 1, false, {0, 1}, 0};
          break;
        case TypeTag::reference: {
          const std::uint32_t objects = scope.objects[field.type.id];
          const auto bits = static_cast<unsigned>(std::bit_width(objects));
          layout.first = Column{Column::Tag::reference, name, "u8", std::max(bits, 1U), false, {}, field.type.id};
          break;
        }
        case TypeTag::enumeration: {
          const std::size_t constants = law.enums[field.type.id].constants.size();
          const auto bits = static_cast<unsigned>(std::bit_width(constants == 0 ? 0 : constants - 1));
          layout.first = number(name, std::max(bits, 1U));
          break;
        }
        case TypeTag::flags:
          layout.first =
              number(name, std::max<unsigned>(1, static_cast<unsigned>(law.flag_sets[field.type.id].constants.size())));
          break;
        case TypeTag::interval:
          layout.two = true;
          layout.first = address(name + "_first");
          layout.second = address(name + "_last");
          break;
        case TypeTag::u64:
        case TypeTag::pow2:
        case TypeTag::nat:
          layout.first = address(name);
          break;
      }
      if (field.type.maybe && field.type.tag != TypeTag::reference) {
        layout.two = true;
        layout.second = Column{Column::Tag::present, name + "_some", "u8", 1, false, {0, 1}, 0};
      }
      of_kind.push_back(std::move(layout));
    }
    unsigned bits = 1;
    for (const FieldLayout& field : of_kind) bits += field.first.bits + (field.two ? field.second.bits : 0);
    key_bits += bits * scope.objects[kind];
  }
  // One word keeps a bit free, so that a key plus one is never 0.
  key_words = key_bits <= 63 ? 1 : (key_bits + 63) / 64;
}

std::vector<const Column*> all_columns(const Layout& layout, std::uint32_t kind) {
  std::vector<const Column*> columns;
  for (const FieldLayout& field : layout.fields[kind]) {
    columns.push_back(&field.first);
    if (field.two) columns.push_back(&field.second);
  }
  return columns;
}

}  // namespace iolaw::emit
