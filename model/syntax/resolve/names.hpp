// SPDX-License-Identifier: Apache-2.0
// The global names of a law, and where to report. Shared by all passes of the resolver.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostics/codes.hpp"
#include "model/law/type_name.hpp"
#include "model/syntax/ast.hpp"
#include "model/syntax/resolve/view.hpp"

namespace iolaw::syntax {

// A constant of an enum or a flag set.
struct Symbolic {
  Type type;
  Word value = 0;
  Span span;
};

// A declaration that the text has, but not the view.
struct Outside {
  Code code;  // of looking it up in vain
  const ast::Restriction* restriction;
  Span span;
};

// Nobody reads more of them, and each looks at every name of the law.
inline constexpr std::size_t kMostSuggestions = 500;

struct Names {
  Names(Law& made, std::vector<Diagnostic>& reported, const Visible& shown)
      : law(made), diagnostics(reported), visible(shown) {}

  using Table = std::map<std::string, std::uint32_t, std::less<>>;

  Law& law;
  std::vector<Diagnostic>& diagnostics;
  const Visible& visible;
  Table kinds;
  Table enums;
  Table flag_sets;
  Table constants;
  Table defs;
  std::vector<std::optional<Type>> def_types;  // what each def returns; none if that was reported
  Table rules;
  Table properties;
  std::map<std::string, Symbolic, std::less<>> symbolics;
  // Declared with mistakes that were reported: nothing is said of what they lack.
  std::set<std::uint32_t> broken_kinds;
  std::set<std::uint32_t> broken_constants;
  std::size_t unknowns = 0;  // names that were reported
  std::multimap<std::string, Outside, std::less<>> outside;
  std::set<std::string, std::less<>> outside_scope;  // what scopes of other views may name
  // What is being resolved: "rule", "def", …, and where it may be restricted.
  std::string_view current;
  const ast::Restriction* current_restriction = nullptr;
  void enter(std::string_view what, const ast::Restriction& restricted) {
    current = what;
    current_restriction = &restricted;
  }

  Diagnostic& error(Code code, Span span, std::string message);
  // Also suggests the nearest of `known` as the corrected text; or says that the name is outside the view.
  Diagnostic& unknown(Code code, const ast::Name& name, std::string message,
                      const std::vector<std::string_view>& known);
};

std::vector<std::string_view> keys(const Names::Table& table);

// The name of a type with its article: "an interval", "a maybe Area".
std::string a_type(const Law& law, const Type& type);

// The type of that name; nullopt after reporting that there is none.
std::optional<Type> resolve_type(Names& names, const ast::Type& type);
// The kind of that name; nullopt after reporting that there is none.
std::optional<std::uint32_t> resolve_kind(Names& names, const ast::Name& name);
// The field of that name, if the kind has one.
std::optional<std::uint32_t> find_field(const Kind& kind, std::string_view name);
// The count of that name at objects of the kind, if there is one.
std::optional<std::uint32_t> find_count(const Law& law, std::uint32_t kind, std::string_view name);

}  // namespace iolaw::syntax
