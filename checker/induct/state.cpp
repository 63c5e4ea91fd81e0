// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/state.hpp"

#include <algorithm>

namespace iolaw::induct {

Term AnyState::lives(std::uint32_t kind, Term object) const {
  if (object->op == smt::TermOp::object) return terms_.truth(false);
  if (object->op == smt::TermOp::conditional) {
    return terms_.conditional(object->args[0], lives(kind, object->args[1]), lives(kind, object->args[2]));
  }
  return terms_.apply(law_.kinds.at(kind).name + ".lives", {object}, smt::kBoolean);
}

Value AnyState::field(std::uint32_t kind, std::uint32_t field, Term object) const {
  const Kind& declaration = law_.kinds.at(kind);
  const Field& member = declaration.fields.at(field);
  const std::string name = declaration.name + "." + member.name;
  Value value;
  for (const smt::Sort sort : parts_of(law_, member.type)) {
    value.parts.push_back(terms_.apply(name + part_name(law_, member.type, value.parts.size()), {object}, sort));
  }
  return value;
}

Term AnyState::child(std::uint32_t kind, Term parent, Term key) const {
  const Kind& declaration = law_.kinds.at(kind);
  const std::uint32_t container = declaration.fields.at(declaration.parent.value()).type.id;
  return terms_.apply(law_.kinds.at(container).name + ".at." + declaration.name, {parent, key}, smt::object_sort(kind));
}

Term AnyState::count(std::uint32_t count, Term object) const {
  const Count& declaration = law_.counts.at(count);
  return terms_.apply(law_.kinds.at(declaration.kind).name + "." + declaration.name, {object}, smt::kInteger);
}

Term AnyState::objects(bool universal, std::uint32_t kind, const std::function<Term(Term)>& body) const {
  return terms_.quantify(universal, smt::object_sort(kind), body);
}

NextState::NextState(Translator& translator, const Changes& changes)
    : AnyState(translator), translator_(translator), changes_(changes), touched_(law_.kinds.size()) {
  for (const Change& change : changes.list()) {
    if (change.object != nullptr) touch(change.kind, change.object);
  }
}

bool NextState::is_counted(std::uint32_t kind) const {
  return std::any_of(law_.counts.begin(), law_.counts.end(), [&](const Count& count) {
    return std::any_of(count.terms.begin(), count.terms.end(),
                       [&](const CountTerm& term) { return term.kind == kind; });
  });
}

// A shared object that a touched one holds or comes to hold may die, and is itself touched then.
void NextState::touch(std::uint32_t kind, Term object) {
  if (!is_counted(kind)) return;
  std::vector<Term>& known = touched_.at(kind);
  if (std::find(known.begin(), known.end(), object) != known.end()) return;
  known.push_back(object);
  const Kind& declaration = law_.kinds.at(kind);
  for (std::uint32_t i = 0; i < declaration.fields.size(); ++i) {
    const Field& field = declaration.fields[i];
    if (field.role != FieldRole::holds || !law_.kinds.at(field.type.id).shared) continue;
    if (field.type.id == kind) throw Unsupported("shared objects that hold shared objects of their own kind");
    touch(field.type.id, changes_.before().field(kind, i, object).parts[0]);
    touch(field.type.id, changes_.field(kind, i, object).parts[0]);
  }
}

Term NextState::lives(std::uint32_t kind, Term object) const {
  if (object->op == smt::TermOp::object) return terms_.truth(false);
  const Term result = changes_.lives(kind, object);
  const Kind& declaration = law_.kinds.at(kind);
  if (!declaration.shared) return result;
  const Term users = count(declaration.users.value(), object);
  // Untouched, it lives on: that it has users is an invariant.
  if (users == changes_.before().count(*declaration.users, object)) return result;
  return terms_.both(result, terms_.at_most(terms_.number(1), users));
}

Value NextState::field(std::uint32_t kind, std::uint32_t field, Term object) const {
  return changes_.field(kind, field, object);
}

Term NextState::child(std::uint32_t kind, Term parent, Term key) const {
  const Kind& declaration = law_.kinds.at(kind);
  const std::uint32_t parent_field = declaration.parent.value();
  const std::uint32_t key_field = declaration.key.value();
  const Term nothing = nobody(terms_, kind);
  // Nothing lives in an object before it is made.
  const Term made = changes_.created(declaration.fields.at(parent_field).type.id, parent);
  Term result = terms_.conditional(made, nothing, changes_.before().child(kind, parent, key));
  result = terms_.conditional(terms_.both(terms_.differ(result, nothing), changes_.destroyed(kind, result)), nothing,
                              result);
  const auto owns = [&](Term object) {
    const Value keys = changes_.field(kind, key_field, object);
    const Term here = terms_.equal(parent, changes_.field(kind, parent_field, object).parts[0]);
    return terms_.both(here, terms_.within(key, keys.parts.front(), keys.parts.back()));
  };
  for (const Change& change : changes_.list()) {
    if (change.kind != kind) continue;
    const bool moves = change.field == parent_field || change.field == key_field;
    if (change.tag == Effect::Tag::update && moves) {
      const Term elsewhere = terms_.both(terms_.equal(result, change.object), terms_.negate(owns(change.object)));
      result = terms_.conditional(elsewhere, nothing, result);
      result = terms_.conditional(owns(change.object), change.object, result);
    } else if (change.tag == Effect::Tag::update_all && moves) {
      throw Unsupported("the keys of many objects of " + declaration.name + " change at once");
    } else if (change.tag == Effect::Tag::create) {
      result = terms_.conditional(owns(change.object), change.object, result);
    }
  }
  return result;
}

Term NextState::count(std::uint32_t count, Term object) const {
  std::vector<std::pair<smt::Integer, Term>> summands{{1, changes_.before().count(count, object)}};
  for (const CountTerm& summand : law_.counts.at(count).terms) {
    const std::vector<Term>& members = touched_.at(summand.kind);
    for (std::size_t i = 0; i < members.size(); ++i) {
      // Two names may mean one object: the first counts.
      std::vector<Term> first;
      for (std::size_t j = 0; j < i; ++j) first.push_back(terms_.differ(members[j], members[i]));
      const auto weigh = [&](const View& view) {
        first.push_back(is_member(translator_, view, summand, members[i], object));
        const Term result = terms_.indicator(terms_.conjunction(first));
        first.pop_back();
        return result;
      };
      summands.emplace_back(1, weigh(*this));
      summands.emplace_back(-1, weigh(changes_.before()));
    }
  }
  return terms_.sum(summands, 0);
}

}  // namespace iolaw::induct
