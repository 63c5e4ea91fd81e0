// SPDX-License-Identifier: Apache-2.0
// count Ioas.pinners = Access.ioas where needs_pin + …
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/documentation.hpp"
#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {
namespace {

// "Device.ioas" as its two words.
std::optional<std::pair<ast::Name, ast::Name>> split(Names& names, const ast::Name& name) {
  const std::size_t dot = name.text.find('.');
  if (dot == std::string::npos || name.text.find('.', dot + 1) != std::string::npos) {
    names.error(Code::expected, name.span, "expected a kind and a name, such as Ioas.devices");
    return std::nullopt;
  }
  const auto middle = static_cast<std::uint32_t>(name.span.begin + dot);
  return std::pair<ast::Name, ast::Name>{{name.text.substr(0, dot), {name.span.file, name.span.begin, middle}},
                                         {name.text.substr(dot + 1), {name.span.file, middle + 1, name.span.end}}};
}

void resolve_term(Names& names, Count& count, const ast::CountTerm& node) {
  const auto parts = split(names, node.field);
  if (!parts) return;
  const auto kind = resolve_kind(names, parts->first);
  if (!kind) return;
  const Kind& member = names.law.kinds[*kind];
  const auto field = find_field(member, parts->second.text);
  if (!field && names.broken_kinds.count(*kind) != 0) return;
  if (!field) {
    std::vector<std::string_view> known;
    for (const Field& other : member.fields) known.push_back(other.name);
    names.unknown(Code::unknown_field, parts->second, member.name + " has no field " + quote(parts->second.text),
                  known);
    return;
  }
  const Type type = member.fields[*field].type;
  if (type.tag != TypeTag::reference || type.id != count.kind) {
    names.error(Code::wrong_type, node.field.span,
                "this must refer to a " + names.law.kinds[count.kind].name + ", but it is " + a_type(names.law, type));
    return;
  }
  CountTerm term{*kind, *field, nullptr};
  if (node.where) {
    Scope scope;
    scope.slots = 1;
    scope.slot_names.push_back("member");
    scope.members = *kind;
    Typer typer(names, scope);
    term.where = typer.condition(*node.where);
  }
  count.terms.push_back(std::move(term));
}

}  // namespace

void resolve_counts(Names& names, const Declared& declared) {
  Law& law = names.law;
  // First all names, so that they are known to the conditions.
  std::vector<std::pair<std::uint32_t, const ast::Count*>> accepted;
  for (const ast::Count* node : declared.counts) {
    const auto parts = split(names, node->name);
    if (!parts) continue;
    names.enter("count", node->restriction);
    const auto kind = resolve_kind(names, parts->first);
    if (!kind) continue;
    const ast::Name& name = parts->second;
    const auto field = find_field(law.kinds[*kind], name.text);
    const auto other = find_count(law, *kind, name.text);
    if (field || other) {
      Diagnostic& diagnostic =
          names.error(Code::duplicate_name, name.span, law.kinds[*kind].name + " already has a " + quote(name.text));
      diagnostic.notes.push_back(
          {field ? law.kinds[*kind].fields[*field].span : law.counts[*other].span, "it is here"});
      continue;
    }
    Count count;
    count.name = name.text;
    count.kind = *kind;
    count.doc = documentation_before(law.files[name.span.file].text, name.span.begin);
    count.span = node->name.span;
    accepted.emplace_back(law.counts.size(), node);
    law.counts.push_back(std::move(count));
  }
  for (const auto& [index, node] : accepted) {
    names.enter("count", node->restriction);
    for (const ast::CountTerm& term : node->terms) resolve_term(names, law.counts[index], term);
  }
}

}  // namespace iolaw::syntax
