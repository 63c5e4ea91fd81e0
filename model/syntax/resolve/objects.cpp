// SPDX-License-Identifier: Apache-2.0
// The fields of kinds, who lives in whom, and the numbers of users of shared kinds.
#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/build.hpp"
#include "model/syntax/resolve/documentation.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {
namespace {

// Its index; nullopt after reporting that the name is taken.
std::optional<std::uint32_t> add_field(Names& names, Kind& kind, const ast::Field& node, const ast::Name& name,
                                       Type type, FieldRole role) {
  if (const auto other = find_field(kind, name.text)) {
    Diagnostic& diagnostic =
        names.error(Code::duplicate_name, name.span, kind.name + " has two fields named " + quote(name.text));
    diagnostic.notes.push_back({kind.fields[*other].span, "the first one is here"});
    return std::nullopt;
  }
  const std::string_view text = names.law.files[name.span.file].text;
  kind.fields.push_back({name.text, type, role, documentation_before(text, node.name.span.begin), name.span});
  return static_cast<std::uint32_t>(kind.fields.size() - 1);
}

void add_parent(Names& names, Kind& kind, const ast::Field& node, Type type) {
  if (kind.parent) {
    Diagnostic& diagnostic = names.error(Code::two_parents, node.name.span, "an object lives in one other at most");
    diagnostic.notes.push_back({kind.fields[*kind.parent].span, "it already lives in this one"});
    return;
  }
  kind.parent = add_field(names, kind, node, node.name, type, FieldRole::parent);
  if (!kind.parent || !node.key) return;
  kind.key = add_field(names, kind, node, node.key->name, node.key->slot ? kNat : kInterval, FieldRole::plain);
  if (kind.key) kind.container = node.key->slot ? Container::slot_map : Container::interval_map;
}

// Adds the field, or reports why it is none.
void add_declared_field(Names& names, Kind& kind, const ast::Field& node) {
  const std::optional<Type> type = resolve_type(names, node.type);
  if (!type) return;
  if (node.key && node.role != FieldRole::parent) {
    names.error(Code::bad_key, node.key->name.span, "only a parent (`in`) finds objects by a key");
    return;
  }
  if (node.role == FieldRole::plain) {
    add_field(names, kind, node, node.name, *type, node.role);
    return;
  }
  if (type->tag != TypeTag::reference) {
    names.error(Code::bad_type, node.type.name.span, "only an object can be lived in or held");
    return;
  }
  const Kind& held = names.law.kinds[type->id];
  if (node.role == FieldRole::holds && held.shared && held.name == kind.name) {
    names.error(Code::shared_misuse, node.type.name.span,
                "a shared object does not hold one of its own kind: how far one death reaches could not be proved");
    return;
  }
  if (node.role == FieldRole::holds) {
    add_field(names, kind, node, node.name, *type, node.role);
    return;
  }
  if (type->maybe) {
    names.error(Code::bad_type, node.type.name.span, "the object that another lives in is never none");
    return;
  }
  if (names.law.kinds[type->id].shared) {
    names.error(Code::shared_misuse, node.type.name.span,
                "nothing lives in a shared object: it dies with its last holder, not by `destroy`");
    return;
  }
  add_parent(names, kind, node, *type);
}

// Two kinds with maps of one sort in one parent would make `parent.at[x]` ambiguous.
void check_maps(Names& names) {
  const Law& law = names.law;
  for (std::uint32_t i = 0; i < law.kinds.size(); ++i) {
    const Kind& kind = law.kinds[i];
    if (kind.container == Container::none) continue;
    for (std::uint32_t j = 0; j < i; ++j) {
      const Kind& other = law.kinds[j];
      if (other.container != kind.container) continue;
      if (other.fields[*other.parent].type.id != kind.fields[*kind.parent].type.id) continue;
      Diagnostic& diagnostic =
          names.error(Code::two_maps, kind.fields[*kind.parent].span,
                      "objects of one kind at most live in a " + type_name(law, kind.fields[*kind.parent].type) +
                          (kind.container == Container::slot_map ? " by slot" : " by interval"));
      diagnostic.notes.push_back({other.fields[*other.parent].span, other.name + " already does"});
      break;
    }
  }
}

// A kind that lives in itself, directly or not, could never have a first object.
void check_parents(Names& names) {
  const Law& law = names.law;
  for (std::uint32_t start = 0; start < law.kinds.size(); ++start) {
    std::uint32_t at = start;
    for (std::size_t steps = 0; steps < law.kinds.size() && law.kinds[at].parent; ++steps) {
      at = law.kinds[at].fields[*law.kinds[at].parent].type.id;
      if (at != start) continue;
      const Kind& kind = law.kinds[start];
      names.error(Code::parent_cycle, kind.fields[*kind.parent].span,
                  "a " + kind.name + " would live in a " + kind.name + ", so none could be the first");
      break;
    }
  }
}

void add_users(Names& names) {
  Law& law = names.law;
  for (std::uint32_t shared = 0; shared < law.kinds.size(); ++shared) {
    if (!law.kinds[shared].shared) continue;
    Count users;
    users.name = "users";
    users.kind = shared;
    users.doc = "How many objects hold it.";
    users.span = law.kinds[shared].span;
    for (std::uint32_t kind = 0; kind < law.kinds.size(); ++kind) {
      for (std::uint32_t i = 0; i < law.kinds[kind].fields.size(); ++i) {
        const Field& field = law.kinds[kind].fields[i];
        if (field.role == FieldRole::holds && field.type.id == shared) users.terms.push_back({kind, i, nullptr});
      }
    }
    if (users.terms.empty()) {
      names.error(Code::shared_misuse, law.kinds[shared].span,
                  "nothing `holds` a " + law.kinds[shared].name + ", so none could live");
    }
    if (const auto taken = find_field(law.kinds[shared], "users")) {
      names.error(Code::duplicate_name, law.kinds[shared].fields[*taken].span,
                  "a shared kind has a number of `users` already");
    }
    law.kinds[shared].users = static_cast<std::uint32_t>(law.counts.size());
    law.counts.push_back(std::move(users));
  }
}

}  // namespace

void resolve_objects(Names& names, const Declared& declared) {
  for (std::size_t i = 0; i < declared.objects.size(); ++i) {
    const std::size_t mistakes = names.diagnostics.size();
    names.enter("object", declared.objects[i]->restriction);
    for (const ast::Field& node : declared.objects[i]->fields) add_declared_field(names, names.law.kinds[i], node);
    if (names.diagnostics.size() != mistakes) names.broken_kinds.insert(static_cast<std::uint32_t>(i));
  }
  check_parents(names);
  check_maps(names);
  add_users(names);
}

}  // namespace iolaw::syntax
