// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/resolve/names.hpp"
#include "model/syntax/lexis.hpp"

#include <utility>

#include "model/syntax/resolve/build.hpp"

namespace iolaw::syntax {

Diagnostic& Names::error(Code code, Span span, std::string message) {
  diagnostics.push_back(make(code, span, std::move(message)));
  return diagnostics.back();
}

namespace {

// "`MOCK` is only in profile mock; this rule is in profile core too: write `only mock`".
Diagnostic outside_view(const Names& names, const ast::Name& name, const std::vector<const Outside*>& places) {
  std::string profiles;
  std::size_t number = 0;
  for (const Outside* outside : places) {
    if (names.visible.in_profile(*outside->restriction)) continue;
    for (const ast::Name& profile : outside->restriction->only) {
      profiles += (number++ == 0 ? "" : ", ") + profile.text;
    }
  }
  std::string clause;
  std::string message = quote(name.text);
  const std::string here = "; this " + std::string(names.current);
  if (number > 0) {
    clause = "only " + profiles;
    message += " is only in profile" + std::string(number == 1 ? " " : "s ") + profiles + here + " is in profile " +
               names.visible.profiles().list()[names.visible.profile().value_or(0)].name + " too: write " +
               quote(clause);
  } else {
    clause = "since linux " + to_string(places.front()->restriction->since.front().version);
    message += " is there only " + clause + here + " is older: write " + quote(clause);
  }
  Diagnostic diagnostic = make(Code::outside_view, name.span, std::move(message));
  for (const Outside* outside : places) diagnostic.notes.push_back({outside->span, "it is declared here"});
  const ast::Restriction& restriction = *names.current_restriction;
  if (number > 0 ? restriction.only.empty() : restriction.since.empty()) {
    diagnostic.suggestion = " " + clause;
    diagnostic.replaced = Span{restriction.span.file, restriction.span.end, restriction.span.end};
  }
  return diagnostic;
}

}  // namespace

Diagnostic& Names::unknown(Code code, const ast::Name& name, std::string message,
                           const std::vector<std::string_view>& known) {
  const auto [begin, end] = outside.equal_range(name.text);
  std::vector<const Outside*> places;
  for (auto it = begin; it != end; ++it) {
    if (it->second.code == code) places.push_back(&it->second);
  }
  if (!places.empty() && current_restriction != nullptr) {
    diagnostics.push_back(outside_view(*this, name, places));
    return diagnostics.back();
  }
  Diagnostic& diagnostic = error(code, name.span, std::move(message));
  if (unknowns++ < kMostSuggestions) diagnostic.suggestion = closest(name.text, known);
  return diagnostic;
}

std::vector<std::string_view> keys(const Names::Table& table) {
  std::vector<std::string_view> result;
  for (const auto& [name, index] : table) result.push_back(name);
  return result;
}

std::string a_type(const Law& law, const Type& type) {
  const std::string name = type_name(law, type);
  const bool vowel = std::string_view("AEIOaeio").find(name.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + name;
}

std::optional<Type> resolve_type(Names& names, const ast::Type& type) {
  static const std::map<std::string_view, Type> kBuiltin = {
      {"bool", kBoolean}, {"u64", kU64}, {"pow2", kPow2}, {"nat", kNat}, {"interval", kInterval}};
  const std::string& name = type.name.text;
  std::optional<Type> result;
  if (const auto builtin = kBuiltin.find(name); builtin != kBuiltin.end()) {
    result = builtin->second;
  } else if (const auto kind = names.kinds.find(name); kind != names.kinds.end()) {
    result = reference_to(kind->second);
  } else if (const auto enumeration = names.enums.find(name); enumeration != names.enums.end()) {
    result = Type{TypeTag::enumeration, false, enumeration->second};
  } else if (const auto flags = names.flag_sets.find(name); flags != names.flag_sets.end()) {
    result = Type{TypeTag::flags, false, flags->second};
  }
  if (!result) {
    std::vector<std::string_view> known = keys(names.kinds);
    for (const auto& [word, builtin] : kBuiltin) known.push_back(word);
    for (const std::string_view word : keys(names.enums)) known.push_back(word);
    for (const std::string_view word : keys(names.flag_sets)) known.push_back(word);
    names.unknown(Code::unknown_type, type.name, "no type is named " + quote(name), known);
    return std::nullopt;
  }
  result->maybe = type.maybe;
  if (type.maybe && result->tag != TypeTag::reference && result->tag != TypeTag::u64) {
    names.error(Code::bad_type, type.name.span, "only references and u64 may be `maybe`, not " + quote(name));
    return std::nullopt;
  }
  return result;
}

std::optional<std::uint32_t> resolve_kind(Names& names, const ast::Name& name) {
  const auto found = names.kinds.find(name.text);
  if (found != names.kinds.end()) return found->second;
  names.unknown(Code::unknown_type, name, "no kind of object is named " + quote(name.text), keys(names.kinds));
  return std::nullopt;
}

std::optional<std::uint32_t> find_field(const Kind& kind, std::string_view name) {
  for (std::uint32_t i = 0; i < kind.fields.size(); ++i) {
    if (kind.fields[i].name == name) return i;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> find_count(const Law& law, std::uint32_t kind, std::string_view name) {
  for (std::uint32_t i = 0; i < law.counts.size(); ++i) {
    if (law.counts[i].kind == kind && law.counts[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace iolaw::syntax
